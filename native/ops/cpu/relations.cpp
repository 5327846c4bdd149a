#include "ops/cpu/relations.h"

#include <algorithm>
#include <cmath>

#include "ops/relation_pair.h"

namespace potstill::ops {
namespace {

double dot(const double* a, const double* b, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; ++i) total += a[i] * b[i];
  return total;
}

// m + mᵀ
void symmetrize(SquareMatrix& m) {
  for (int64_t i = 0; i < m.size; ++i)
    for (int64_t j = 0; j <= i; ++j) m[i][j] = m[j][i] = m[i][j] + m[j][i];
}

// Rows divided by their length; returns the lengths.
std::vector<double> normalize_rows(SquareMatrix& m) {
  std::vector<double> lengths(m.size);
  for (int64_t i = 0; i < m.size; ++i) {
    lengths[i] = std::sqrt(dot(m[i], m[i], m.size));
    const double divisor = lengths[i] < kLeastNorm ? kLeastNorm : lengths[i];
    for (int64_t j = 0; j < m.size; ++j) m[i][j] /= divisor;
  }
  return lengths;
}

// 1 / (norm + eps) and the norms themselves.
struct Norms {
  std::vector<double> norm, inverse;
  Norms(const SquareMatrix& products, double eps) {
    for (int64_t i = 0; i < products.size; ++i) {
      norm.push_back(std::sqrt(products[i][i]));
      inverse.push_back(1 / (norm.back() + eps));
    }
  }
};

// Makes of inner products the probabilities of PKT; returns the sums of the rows before.
std::vector<double> probabilities(SquareMatrix& m, const Norms& norms) {
  std::vector<double> sums(m.size);
  for (int64_t i = 0; i < m.size; ++i) {
    for (int64_t j = 0; j < m.size; ++j) {
      m[i][j] = (m[i][j] * norms.inverse[i] * norms.inverse[j] + 1) / 2;
      sums[i] += m[i][j];
    }
    for (int64_t j = 0; j < m.size; ++j) m[i][j] /= sums[i];
  }
  return sums;
}

double square_of(const SquareMatrix& products, int64_t i, int64_t j) {
  return squared_distance(products[i][i], products[j][j], products[i][j]);
}

struct Distances {
  SquareMatrix value;
  double mean = 0;
  explicit Distances(const SquareMatrix& products) : value(products.size) {
    const int64_t n = products.size;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) {
        if (i == j) continue;
        value[i][j] = held_distance(square_of(products, i, j));
        mean += value[i][j];
      }
    mean /= static_cast<double>(n * (n - 1));
  }
};

// Adds what a squared distance's derivative is for the inner products.
void add_by_square(SquareMatrix& m, int64_t i, int64_t j, double derivative) {
  m[i][i] += derivative;
  m[j][j] += derivative;
  m[i][j] -= 2 * derivative;
}

}  // namespace

double similarity_of(const SquareMatrix& student, const SquareMatrix& teacher,
                     SquareMatrix* gradient) {
  const int64_t n = student.size;
  SquareMatrix mine = student, other = teacher;
  const std::vector<double> lengths = normalize_rows(mine);
  normalize_rows(other);
  const double share = 1 / static_cast<double>(n * n);
  double total = 0;
  for (int64_t i = 0; i < n; ++i) {
    double* const row = other[i];
    for (int64_t j = 0; j < n; ++j) {
      row[j] = mine[i][j] - row[j];
      total += row[j] * row[j];
    }
    if (gradient == nullptr) continue;
    const bool tiny = lengths[i] < kLeastNorm;
    const double pull = tiny ? 0 : dot(row, mine[i], n);
    const double scale = 2 * share / (tiny ? kLeastNorm : lengths[i]);
    for (int64_t j = 0; j < n; ++j) (*gradient)[i][j] = scale * (row[j] - mine[i][j] * pull);
  }
  if (gradient != nullptr) symmetrize(*gradient);
  return total * share;
}

double pkt_of(const SquareMatrix& student, const SquareMatrix& teacher, double eps,
              SquareMatrix* gradient) {
  const int64_t n = student.size;
  SquareMatrix mine = student, other = teacher;
  const Norms norms(student, eps);
  const std::vector<double> sums = probabilities(mine, norms);
  probabilities(other, Norms(teacher, eps));
  const double share = 1 / static_cast<double>(n * n);
  double total = 0;
  for (int64_t i = 0; i < n; ++i) {
    const double *p = other[i], *q = mine[i];
    for (int64_t j = 0; j < n; ++j) total += p[j] * std::log((p[j] + eps) / (q[j] + eps));
    if (gradient == nullptr) continue;
    double* const g = (*gradient)[i];
    for (int64_t j = 0; j < n; ++j) g[j] = -p[j] / (q[j] + eps) * share;
    const double pull = dot(g, q, n);
    for (int64_t j = 0; j < n; ++j) g[j] = (g[j] - pull) / (2 * sums[i]);
  }
  if (gradient == nullptr) return total * share;
  symmetrize(*gradient);
  for (int64_t i = 0; i < n; ++i) {
    double* const g = (*gradient)[i];
    double along = 0;
    for (int64_t j = 0; j < n; ++j) {
      along += g[j] * student[i][j] * norms.inverse[j];
      g[j] *= norms.inverse[i] * norms.inverse[j];
    }
    if (norms.norm[i] > 0) g[i] -= along * norms.inverse[i] * norms.inverse[i] / norms.norm[i];
  }
  return total * share;
}

double rkd_distances_of(const SquareMatrix& student, const SquareMatrix& teacher, double weight,
                        SquareMatrix* gradient) {
  const int64_t n = student.size;
  const Distances mine(student), other(teacher);
  const double share = weight / static_cast<double>(n * n);
  SquareMatrix slopes(gradient == nullptr ? 0 : n);
  double total = 0, along = 0;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      const double difference = mine.value[i][j] / mine.mean - other.value[i][j] / other.mean;
      const double slope = clamp_to_one(difference);
      total += huber_value(difference, slope);
      along += slope * mine.value[i][j];
      if (gradient != nullptr) slopes[i][j] = slope;
    }
  if (gradient == nullptr) return total * share;
  SquareMatrix by_products(n);
  const double pull = along / (mine.mean * static_cast<double>(n * (n - 1)));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      if (i == j || square_of(student, i, j) < kLeastSquare) continue;
      const double derivative = share * (slopes[i][j] - pull) / mine.mean / (2 * mine.value[i][j]);
      add_by_square(by_products, i, j, derivative);
    }
  symmetrize(by_products);
  for (size_t i = 0; i < by_products.values.size(); ++i)
    gradient->values[i] += by_products.values[i];
  return total * share;
}

SquareMatrix inverse_distances(const SquareMatrix& products) {
  SquareMatrix result(products.size);
  for (int64_t i = 0; i < products.size; ++i)
    for (int64_t j = 0; j < products.size; ++j)
      result[i][j] = i == j ? 0 : inverse_distance(square_of(products, i, j));
  return result;
}

double rkd_angles_of(const AngleSums& angles, const SquareMatrix& inverse, double weight,
                     SquareMatrix* gradient) {
  const int64_t n = inverse.size;
  const double share = weight / static_cast<double>(n * n * n);
  double total = 0;
  for (const double value : angles.values) total += value;
  if (gradient == nullptr) return total * share;
  SquareMatrix by_products(n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      const double q = share * angles.sums[i][j];
      by_products[i][j] += share * angles.products[i][j] - 2 * q;
      by_products[j][j] += q;
      // A distance that is held at its least has no gradient, nor has one of 0.
      if (i == j || inverse[i][j] * kLeastNorm >= 1) continue;
      const double square = inverse[i][j] * inverse[i][j];
      add_by_square(by_products, i, j, -share * square * angles.along[i][j]);
    }
  symmetrize(by_products);
  for (size_t i = 0; i < by_products.values.size(); ++i)
    gradient->values[i] += by_products.values[i];
  return total * share;
}

}  // namespace potstill::ops
