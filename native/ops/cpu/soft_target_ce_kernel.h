#pragma once

// The kernel of soft_target_ce on CPUs, compiled by cpu/soft_target_ce_{default,avx2,avx512}.cpp.
//
// Three passes over a row, which stays in the first or second level cache: the maxima; the
// exponentials, kept in scratch, and their sums; the gradient from the kept exponentials. So every
// exponential is taken once, and memory is read and written once.

#include "ops/cpu/simd.h"
#include "ops/cpu/soft_target_ce.h"

namespace potstill::ops::POTSTILL_SIMD {

// Which exponentials a row needs. `Soft`: those of the distillation term only (alpha = 1), `Hard`:
// those of the cross-entropy only (alpha = 0). With both terms, e^z is that of the soft term for
// T = 1 (`Same`), its square, fourth power, … for T = 2, 4, … (`Squares`), or one of its own.
enum class Terms { Soft, Hard, Same, Squares, Own };

template <typename StudentElement, typename TeacherElement, Terms terms>
class RowKernel {
  using Scalar = typename ElementTypes<StudentElement>::Scalar;
  using Gradient = typename ElementTypes<StudentElement>::Gradient;
  using Vec = typename Simd<Scalar>::Vec;
  static constexpr int width = Simd<Scalar>::width;
  static constexpr bool soft = terms != Terms::Hard;
  static constexpr bool hard = terms != Terms::Soft;
  // Partial sums are added up after so many vectors, which keeps rounding errors of long rows low.
  static constexpr int64_t block = 64 * width;
  static constexpr int64_t cache_line = 64;

  struct Sums {
    Vec student{}, teacher{}, cross{}, hard{}, spread{};
    POTSTILL_INLINE void operator+=(const Sums& other) {
      student += other.student;
      teacher += other.teacher;
      cross += other.cross;
      hard += other.hard;
      spread += other.spread;
    }
  };

  struct Exponentials {
    Vec student, teacher, hard;
  };

 public:
  RowKernel(const SoftTargetCeJob& job, void* scratch)
      : job_(job),
        classes_(job.options.classes),
        whole_(classes_ / width * width),
        rest_(static_cast<int>(classes_ - whole_)),
        scale_(static_cast<Scalar>(log2e / job.options.temperature)),
        smooth_(job.options.label_smoothing != 0) {
    const int64_t step = (classes_ + width - 1) / width * width + 128 / sizeof(Scalar);
    kept_student_ = static_cast<Scalar*>(scratch);
    kept_teacher_ = kept_student_ + step;
    kept_hard_ = kept_teacher_ + step;
    for (double t = job.options.temperature; t > 1; t /= 2) ++squarings_;
  }

  void run(int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const auto* z = static_cast<const StudentElement*>(job_.student) + row * job_.student_stride;
      const auto* v = static_cast<const TeacherElement*>(job_.teacher) + row * job_.teacher_stride;
      auto* gradient = static_cast<Gradient*>(job_.gradient);
      if (gradient != nullptr) gradient += row * classes_;
      const int64_t label = job_.labels == nullptr ? -1 : job_.labels[row];
      if (job_.labels != nullptr && label == job_.ignore_index) {
        job_.values[row] = 0;
        if (gradient != nullptr) std::memset(gradient, 0, classes_ * sizeof(Gradient));
        continue;
      }
      prefetch_ = job_.prefetch && row + 1 < end;
      job_.values[row] = compute(z, v, label, gradient);
    }
    if (job_.stream) stream_fence();
  }

 private:
  static constexpr double log2e = 1.44269504088896341;
  static constexpr Scalar lowest = -std::numeric_limits<Scalar>::infinity();

  POTSTILL_INLINE double compute(const StudentElement* z, const TeacherElement* v, int64_t label,
                                 Gradient* gradient) {
    find_maxima(z, v);
    Sums vectors = exponentials(z, v);
    SoftTargetCeSums<Scalar> sums;
    if constexpr (soft) {
      sums.student = sum(vectors.student);
      sums.teacher = sum(vectors.teacher);
      sums.cross = sum(vectors.cross);
    }
    if constexpr (hard) {
      sums.hard = terms == Terms::Same ? sums.student : sum(vectors.hard);
      sums.label_gap = element(z, label) - max_student_;
      if (smooth_) sums.spread = sum(vectors.spread);
    }
    if (gradient != nullptr) {
      const auto factors = soft_target_ce_factors(sums, job_.options);
      if (job_.stream)
        write_gradient<true>(z, v, factors, gradient);
      else
        write_gradient<false>(z, v, factors, gradient);
      if constexpr (hard) {
        // Again from the exponentials, so that a narrow type is rounded once.
        const Exponentials kept = {broadcast(kept_student_[label]), broadcast(kept_teacher_[label]),
                                   broadcast(kept_hard_[label])};
        store_partial(gradient + label, combine(kept, factors) - factors.label, 1);
      }
    }
    return soft_target_ce_value(sums, job_.options);
  }

  // One element as the vectors see it.
  template <typename Element>
  POTSTILL_INLINE Scalar element(const Element* row, int64_t index) const {
    return load_partial<Scalar>(row + index, 1, lowest)[0];
  }

  POTSTILL_INLINE void find_maxima(const StudentElement* z, const TeacherElement* v) {
    Vec a0 = broadcast(lowest), a1 = a0, b0 = a0, b1 = a0;
    int64_t i = 0;
    for (; i + 2 * width <= whole_; i += 2 * width) {
      a0 = larger(a0, load(z + i));
      a1 = larger(a1, load(z + i + width));
      if constexpr (soft) {
        b0 = larger(b0, load(v + i));
        b1 = larger(b1, load(v + i + width));
      }
    }
    if (i < whole_) {
      a0 = larger(a0, load(z + i));
      if constexpr (soft) b0 = larger(b0, load(v + i));
    }
    if (rest_ != 0) {
      a1 = larger(a1, load_partial(z + whole_, rest_, lowest));
      if constexpr (soft) b1 = larger(b1, load_partial(v + whole_, rest_, lowest));
    }
    max_student_ = largest(larger(a0, a1));
    if constexpr (soft) max_teacher_ = largest(larger(b0, b1));
  }

  POTSTILL_INLINE Sums exponentials(const StudentElement* z, const TeacherElement* v) {
    Sums total;
    for (int64_t i = 0; i < whole_;) {
      const int64_t end = i + block < whole_ ? i + block : whole_;
      Sums part;
      for (; i < end; i += width) {
        const Vec student = load(z + i);
        if constexpr (soft)
          accumulate(student, load(v + i), i, part);
        else
          accumulate(student, student, i, part);
        if (smooth_) part.spread += student - max_student_;
      }
      total += part;
    }
    if (rest_ != 0) {
      // Lanes past the end hold -infinity: they add nothing.
      const Vec student = load_partial(z + whole_, rest_, lowest);
      if constexpr (soft)
        accumulate(student, load_partial(v + whole_, rest_, lowest), whole_, total);
      else
        accumulate(student, student, whole_, total);
      if (smooth_) total.spread += load_partial(z + whole_, rest_, max_student_) - max_student_;
    }
    return total;
  }

  POTSTILL_INLINE void accumulate(Vec student, Vec teacher, int64_t i, Sums& sums) {
    if constexpr (soft) {
      const Vec x = (student - max_student_) * scale_;
      const Vec y = (teacher - max_teacher_) * scale_;
      const Vec of_student = exp2_nonpositive(x);
      const Vec of_teacher = exp2_nonpositive(y);
      store(kept_student_ + i, of_student);
      store(kept_teacher_ + i, of_teacher);
      sums.student += of_student;
      sums.teacher += of_teacher;
      // Where the teacher gives nothing the term is 0, whatever the student's logit is.
      sums.cross += select(of_teacher > Vec{}, of_teacher * (y - x), of_teacher);
      if constexpr (terms == Terms::Squares) sums.hard += squared(of_student);
    }
    if constexpr (terms == Terms::Own || terms == Terms::Hard) {
      const Vec of_hard = exp2_nonpositive((student - max_student_) * static_cast<Scalar>(log2e));
      store(kept_hard_ + i, of_hard);
      sums.hard += of_hard;
    }
  }

  POTSTILL_INLINE Vec squared(Vec value) const {
    for (int i = 0; i < squarings_; ++i) value *= value;
    return value;
  }

  POTSTILL_INLINE Vec combine(const Exponentials& kept,
                              const SoftTargetCeFactors<Scalar>& factors) const {
    Vec result{};
    if constexpr (soft) result = kept.student * factors.student - kept.teacher * factors.teacher;
    if constexpr (terms == Terms::Same) result += kept.student * factors.hard;
    if constexpr (terms == Terms::Squares) result += squared(kept.student) * factors.hard;
    if constexpr (terms == Terms::Own || terms == Terms::Hard) result += kept.hard * factors.hard;
    if constexpr (hard) result -= factors.smooth;
    return result;
  }

  template <bool streaming>
  POTSTILL_INLINE void write_gradient(const StudentElement* z, const TeacherElement* v,
                                      const SoftTargetCeFactors<Scalar>& factors,
                                      Gradient* gradient) {
    const StudentElement* next_z = z + job_.student_stride;
    const TeacherElement* next_v = v + job_.teacher_stride;
    for (int64_t i = 0; i < whole_; i += width) {
      if (prefetch_) {
        if (i * sizeof(StudentElement) % cache_line == 0) __builtin_prefetch(next_z + i, 0, 2);
        if (soft && i * sizeof(TeacherElement) % cache_line == 0)
          __builtin_prefetch(next_v + i, 0, 2);
      }
      const Vec result = combine(kept(i), factors);
      if constexpr (streaming)
        stream(gradient + i, result);
      else
        store(gradient + i, result);
    }
    if (rest_ != 0) store_partial(gradient + whole_, combine(kept(whole_), factors), rest_);
  }

  POTSTILL_INLINE Exponentials kept(int64_t i) const {
    Exponentials result{};
    if constexpr (soft) {
      result.student = load(kept_student_ + i);
      result.teacher = load(kept_teacher_ + i);
    }
    if constexpr (terms == Terms::Own || terms == Terms::Hard) result.hard = load(kept_hard_ + i);
    return result;
  }

  const SoftTargetCeJob& job_;
  const int64_t classes_;
  const int64_t whole_;  // classes in whole vectors
  const int rest_;
  const Scalar scale_;
  const bool smooth_;
  int squarings_ = 0;
  bool prefetch_ = false;
  Scalar max_student_ = 0;
  Scalar max_teacher_ = 0;
  Scalar* kept_student_;
  Scalar* kept_teacher_;
  Scalar* kept_hard_;
};

// 1, 2, 4, …, 32: up to there the powers keep their accuracy and are cheaper than exponentials.
inline bool is_small_power_of_two(double t) {
  while (t > 1 && t <= 32) t /= 2;
  return t == 1;
}

template <typename Student, typename Teacher>
void run_kernel(const SoftTargetCeJob& job, int64_t begin, int64_t end, void* scratch) {
  const double temperature = job.options.temperature;
  if (job.options.alpha == 0)
    RowKernel<Student, Teacher, Terms::Hard>(job, scratch).run(begin, end);
  else if (job.options.alpha == 1)
    RowKernel<Student, Teacher, Terms::Soft>(job, scratch).run(begin, end);
  else if (temperature == 1)
    RowKernel<Student, Teacher, Terms::Same>(job, scratch).run(begin, end);
  else if (is_small_power_of_two(temperature))
    RowKernel<Student, Teacher, Terms::Squares>(job, scratch).run(begin, end);
  else
    RowKernel<Student, Teacher, Terms::Own>(job, scratch).run(begin, end);
}

template <typename Student>
SoftTargetCeKernel kernel_for_teacher(ElementType teacher) {
  switch (teacher) {
    case ElementType::Float32: return run_kernel<Student, float>;
    case ElementType::BFloat16: return run_kernel<Student, BFloat16>;
    case ElementType::Float16: return run_kernel<Student, Float16>;
    case ElementType::Float64: break;
  }
  return nullptr;
}

inline SoftTargetCeKernel find_kernel(ElementType student, ElementType teacher) {
  switch (student) {
    case ElementType::Float32: return kernel_for_teacher<float>(teacher);
    case ElementType::BFloat16: return kernel_for_teacher<BFloat16>(teacher);
    case ElementType::Float16: return kernel_for_teacher<Float16>(teacher);
    case ElementType::Float64: break;
  }
  return teacher == ElementType::Float64 ? run_kernel<double, double> : nullptr;
}

}  // namespace potstill::ops::POTSTILL_SIMD
