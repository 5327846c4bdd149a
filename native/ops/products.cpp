#include "ops/products.h"

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "ops/linear.h"
#include "ops/matrix_product.h"
#include "ops/winograd.h"

namespace potstill::ops {
namespace {

// ── oneDNN, through the operators of libtorch ───────────────────────────────────────────────────

using OneDnnLinear = at::Tensor(const at::Tensor&, const at::Tensor&,
                                const std::optional<at::Tensor>&, std::string_view,
                                c10::List<std::optional<at::Scalar>>,
                                std::optional<std::string_view>);
using OneDnnPack = at::Tensor(const at::Tensor&, std::optional<int64_t>);

template <typename Signature>
std::optional<c10::TypedOperatorHandle<Signature>> find_operator(const char* name) {
  const auto op = c10::Dispatcher::singleton().findSchema({name, ""});
  if (!op.has_value() || !op->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
  return op->typed<Signature>();
}

// Absent where libtorch was built without oneDNN.
const auto& onednn_linear_operator() {
  static const auto op = find_operator<OneDnnLinear>("mkldnn::_linear_pointwise");
  return op;
}

const auto& onednn_pack_operator() {
  static const auto op = [] {
    const auto found =
        c10::Dispatcher::singleton().findSchema({"mkldnn::_reorder_linear_weight", ""});
    std::optional<c10::TypedOperatorHandle<OneDnnPack>> typed;
    if (found.has_value() && onednn_linear_operator().has_value())
      typed = found->typed<OneDnnPack>();
    return typed;
  }();
  return op;
}

// left · rightᵀ + bias
at::Tensor onednn_linear(const at::Tensor& left, const at::Tensor& right,
                         const std::optional<at::Tensor>& bias = std::nullopt,
                         Activation activation = Activation::None) {
  static const c10::List<std::optional<at::Scalar>> no_scalars;
  const bool gelu = is_gelu(activation);
  const char* const name = gelu ? "gelu" : activation == Activation::Relu ? "relu" : "none";
  return onednn_linear_operator()->call(left, right, bias, name, no_scalars,
                                        gelu ? gelu_approximation(activation) : "");
}

// ── Candidates ──────────────────────────────────────────────────────────────────────────────────

struct Operands {
  at::Tensor left;
  at::Tensor right;
  std::optional<at::Tensor> bias = std::nullopt;
  Activation activation = Activation::None;
  at::Tensor packed = {};
  PackedWeights* frozen = nullptr;
  int64_t stride = 1;
  at::IntArrayRef padding = {};
  at::IntArrayRef size = {};  // of the images whose gradient it is
  at::Tensor like = {};       // of the result's shape and layout
};

enum class Library { Mkl, OneDnn, Own };

struct Candidate {
  const char* name;
  at::Tensor (*run)(const Operands&);
  Library library;
};

enum class Product {
  Output,
  PackedOutput,
  InputGradient,
  WeightGradient,
  Convolution,
  ConvolutionInputGradient,
  ConvolutionWeightGradient
};

constexpr const char* product_names[] = {"output",
                                         "packed-output",
                                         "input-gradient",
                                         "weight-gradient",
                                         "convolution",
                                         "convolution-input-gradient",
                                         "convolution-weight-gradient"};

at::Tensor output_mkl(const Operands& o) {
  const at::Tensor result = at::linear(o.left, o.right, o.bias);
  if (o.activation != Activation::None) activate(o.activation, result, result);
  return result;
}

at::Tensor output_onednn(const Operands& o) {
  return onednn_linear(o.left, o.right, o.bias, o.activation);
}

at::Tensor output_packed(const Operands& o) {
  const at::Tensor& packed =
      o.frozen == nullptr ? o.packed : o.frozen->onednn(o.right, o.left.size(0));
  return onednn_linear(o.left, packed, o.bias, o.activation);
}

at::Tensor output_own(const Operands& o) {
  return matrix_product(o.left, o.right.t(), o.bias, o.activation);
}

at::Tensor output_own_packed(const Operands& o) {
  if (o.frozen == nullptr) return output_own(o);
  return matrix_product(o.left, o.right.t(), o.bias, o.activation, o.frozen->own(o.right));
}

at::Tensor input_gradient_mkl(const Operands& o) { return at::mm(o.left, o.right); }

at::Tensor input_gradient_onednn(const Operands& o) { return onednn_linear(o.left, o.right.t()); }

at::Tensor input_gradient_own(const Operands& o) { return matrix_product(o.left, o.right); }

at::Tensor weight_gradient_mkl(const Operands& o) { return at::mm(o.left.t(), o.right); }

at::Tensor weight_gradient_onednn(const Operands& o) {
  return onednn_linear(o.left.t(), o.right.t());
}

// Some widths of the input send oneDNN to a slow kernel unless the transpose is a real one.
at::Tensor weight_gradient_copied(const Operands& o) {
  return onednn_linear(o.left.t(), o.right.t().contiguous());
}

at::Tensor weight_gradient_transposed(const Operands& o) {
  return onednn_linear(o.right.t(), o.left.t()).t().contiguous();
}

at::Tensor weight_gradient_own(const Operands& o) { return matrix_product(o.left.t(), o.right); }

bool is_channels_last(const at::Tensor& images) {
  return images.suggest_memory_format() == at::MemoryFormat::ChannelsLast;
}

constexpr std::array<int64_t, 2> none = {0, 0}, ones = {1, 1}, twos = {2, 2};

const std::array<int64_t, 2>& strides_of(const Operands& o) { return o.stride == 2 ? twos : ones; }

at::Tensor convolution_aten(const Operands& o) {
  at::Tensor made = at::conv2d(o.left, o.right, o.bias, strides_of(o), o.padding);
  if (o.activation != Activation::None) activate(o.activation, made, made);
  return made;
}

at::Tensor convolution_winograd(const Operands& o) {
  const int64_t tile = winograd_tile(winograd_size(o.left.size(2), o.padding[0], o.stride),
                                     winograd_size(o.left.size(3), o.padding[1], o.stride),
                                     o.left.size(1), o.right.size(0), o.stride);
  const at::Tensor made = winograd_conv2d(o.left, o.right, o.bias, o.activation == Activation::Relu,
                                          o.padding, tile, o.stride);
  // As ATen lays it out: what follows may be a view.
  return is_channels_last(o.left) || is_channels_last(o.right) ? made : made.contiguous();
}

at::Tensor convolution_input_gradient_aten(const Operands& o) {
  const std::array<int64_t, 4> sizes = {o.left.size(0), o.right.size(1), o.size[0], o.size[1]};
  // Of the input only shape and layout are asked for.
  const at::Tensor input =
      at::empty(sizes, o.left.options().memory_format(o.left.suggest_memory_format()));
  return std::get<0>(at::convolution_backward(o.left, input, o.right, std::nullopt, strides_of(o),
                                              o.padding, ones, /*transposed=*/false, none,
                                              /*groups=*/1, {true, false, false}));
}

at::Tensor convolution_input_gradient_winograd(const Operands& o) {
  const int64_t tile =
      winograd_tile(o.size[0], o.size[1], o.left.size(1), o.right.size(1), o.stride);
  return winograd_input_gradient(o.left, o.right, o.size, o.padding, tile, o.stride);
}

at::Tensor convolution_weight_gradient_aten(const Operands& o) {
  return std::get<1>(at::convolution_backward(o.left, o.right, o.like, std::nullopt, strides_of(o),
                                              o.padding, ones, /*transposed=*/false, none,
                                              /*groups=*/1, {false, true, false}));
}

at::Tensor convolution_weight_gradient_winograd(const Operands& o) {
  const int64_t tile =
      winograd_tile(o.left.size(2), o.left.size(3), o.right.size(1), o.left.size(1), o.stride);
  return winograd_weight_gradient(o.left, o.right, o.like, o.padding, tile, o.stride);
}

// Of each library the one first that is taken where the library is asked for.
const std::vector<Candidate>& candidates_of(Product product) {
  static const std::vector<Candidate> output = {{"mkl", output_mkl, Library::Mkl},
                                                {"onednn", output_onednn, Library::OneDnn},
                                                {"potstill", output_own, Library::Own}};
  static const std::vector<Candidate> packed = {
      {"mkl", output_mkl, Library::Mkl},
      {"onednn-packed", output_packed, Library::OneDnn},
      {"onednn", output_onednn, Library::OneDnn},
      {"potstill-packed", output_own_packed, Library::Own}};
  static const std::vector<Candidate> input_gradient = {
      {"mkl", input_gradient_mkl, Library::Mkl},
      {"onednn", input_gradient_onednn, Library::OneDnn},
      {"potstill", input_gradient_own, Library::Own}};
  static const std::vector<Candidate> weight_gradient = {
      {"mkl", weight_gradient_mkl, Library::Mkl},
      {"onednn", weight_gradient_onednn, Library::OneDnn},
      {"onednn-copied", weight_gradient_copied, Library::OneDnn},
      {"onednn-transposed", weight_gradient_transposed, Library::OneDnn},
      {"potstill", weight_gradient_own, Library::Own}};
  static const std::vector<Candidate> convolution = {
      {"aten", convolution_aten, Library::Mkl}, {"winograd", convolution_winograd, Library::Own}};
  static const std::vector<Candidate> convolution_gradient = {
      {"aten", convolution_input_gradient_aten, Library::Mkl},
      {"winograd", convolution_input_gradient_winograd, Library::Own}};
  static const std::vector<Candidate> convolution_weight_gradient = {
      {"aten", convolution_weight_gradient_aten, Library::Mkl},
      {"winograd", convolution_weight_gradient_winograd, Library::Own}};
  switch (product) {
    case Product::Output:
      return output;
    case Product::PackedOutput:
      return packed;
    case Product::InputGradient:
      return input_gradient;
    case Product::Convolution:
      return convolution;
    case Product::ConvolutionInputGradient:
      return convolution_gradient;
    case Product::ConvolutionWeightGradient:
      return convolution_weight_gradient;
    case Product::WeightGradient:
      break;
  }
  return weight_gradient;
}

bool is_there(const Candidate& candidate) {
  return candidate.library != Library::OneDnn || onednn_linear_operator().has_value();
}

// ── Choices ─────────────────────────────────────────────────────────────────────────────────────

struct Shape {
  Product product;
  int64_t rows;  // rounded up
  int64_t k;
  int64_t n;
  // Of convolutions.
  bool channels_last = false;
  bool strided = false;
  int64_t threads = 0;
  auto operator<=>(const Shape&) const = default;
};

constexpr std::string_view channels_last_prefix = "channels-last-", strided_prefix = "strided-";

std::string name_of(const Shape& shape) {
  std::string name;
  if (shape.channels_last) name += channels_last_prefix;
  if (shape.strided) name += strided_prefix;
  return name + product_names[static_cast<int>(shape.product)];
}

// Takes a prefix away, and says whether it was there.
bool drop_prefix(std::string& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.erase(0, prefix.size());
  return true;
}

// 1, 2, 3, 4, 6, 8, 12, 16, 24, …
int64_t round_up_rows(int64_t rows) {
  int64_t power = 1;
  while (power < rows) power *= 2;
  return power >= 4 && rows <= power / 4 * 3 ? power / 4 * 3 : power;
}

// The library that the user asks for; none: measure.
std::optional<Library> asked_for() {
  static const std::optional<Library> library = []() -> std::optional<Library> {
    const char* text = std::getenv("POTSTILL_PRODUCTS");
    const std::string name = text == nullptr ? "" : text;
    if (name == "mkl") return Library::Mkl;
    if (name == "onednn") return Library::OneDnn;
    if (name == "potstill") return Library::Own;
    TORCH_CHECK_VALUE(name.empty() || name == "measure", "POTSTILL_PRODUCTS is \"", name,
                      "\"; it may be measure, mkl, onednn or potstill");
    return std::nullopt;
  }();
  return library;
}

const Candidate& first_of(const std::vector<Candidate>& candidates, Library library) {
  for (const auto& candidate : candidates)
    if (candidate.library == library && is_there(candidate)) return candidate;
  return candidates.front();
}

double median(std::vector<double> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

// The fastest by the median of a few runs each, taken in turns so that a disturbance hits all. Not
// by the best: where other processes are at work, some candidates suffer more than others.
const Candidate* measure(const std::vector<Candidate>& all, const Operands& operands) {
  using Clock = std::chrono::steady_clock;
  constexpr int most_rounds = 24;
  constexpr int least_rounds = 5;
  constexpr auto budget = std::chrono::milliseconds(20);
  constexpr double hopeless = 2;
  struct Tried {
    const Candidate* candidate;
    std::vector<double> times;
    double best = std::numeric_limits<double>::infinity();
  };
  std::vector<Tried> tried;
  for (const auto& candidate : all) {
    if (!is_there(candidate)) continue;
    candidate.run(operands);
    tried.push_back({&candidate, {}});
  }
  const auto start = Clock::now();
  for (int round = 0; round < most_rounds; ++round) {
    if (round >= least_rounds && Clock::now() - start > budget) break;
    for (auto& [candidate, times, best] : tried) {
      const auto from = Clock::now();
      candidate->run(operands);
      times.push_back(std::chrono::duration<double>(Clock::now() - from).count());
      best = std::min(best, times.back());
    }
    const double fastest = std::ranges::min(tried, {}, &Tried::best).best;
    std::erase_if(tried, [&](const Tried& each) { return each.best > hopeless * fastest; });
  }
  return std::ranges::min_element(tried, {}, [](const Tried& each) { return median(each.times); })
      ->candidate;
}

class Choices {
 public:
  static Choices& get() {
    static auto* const choices = new Choices;  // outlives every thread
    return *choices;
  }

  at::Tensor run(Shape shape, const Operands& operands) {
    const auto& candidates = candidates_of(shape.product);
    if (const auto library = asked_for()) return first_of(candidates, *library).run(operands);
    shape.rows = round_up_rows(shape.rows);
    shape.threads = at::get_num_threads();
    const Candidate* chosen = nullptr;
    {
      const std::lock_guard lock(mutex_);
      auto found = chosen_.find(shape);
      if (found == chosen_.end()) {
        found = chosen_.emplace(shape, measure(candidates, operands)).first;
        if (operands.frozen != nullptr) operands.frozen->forget(operands.right);
      }
      chosen = found->second;
    }
    return chosen->run(operands);
  }

  std::string save() {
    const std::lock_guard lock(mutex_);
    std::ostringstream text;
    for (const auto& [shape, candidate] : chosen_)
      text << name_of(shape) << ' ' << shape.rows << ' ' << shape.k << ' ' << shape.n << ' '
           << shape.threads << ' ' << candidate->name << '\n';
    return text.str();
  }

  void load(const std::string& table) {
    std::istringstream lines(table);
    std::map<Shape, const Candidate*> loaded;
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      std::istringstream words(line);
      std::string product, name;
      Shape shape{};
      words >> product >> shape.rows >> shape.k >> shape.n >> shape.threads >> name;
      shape.channels_last = drop_prefix(product, channels_last_prefix);
      shape.strided = drop_prefix(product, strided_prefix);
      const auto* const known =
          std::find(std::begin(product_names), std::end(product_names), product);
      TORCH_CHECK_VALUE(words && known != std::end(product_names),
                        "the table of matrix products has a line that is none: \"", line, "\"");
      shape.product = static_cast<Product>(known - std::begin(product_names));
      for (const auto& candidate : candidates_of(shape.product))
        if (name == candidate.name && is_there(candidate)) loaded[shape] = &candidate;
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [shape, candidate] : loaded) chosen_[shape] = candidate;
  }

 private:
  std::mutex mutex_;
  std::map<Shape, const Candidate*> chosen_;
};

}  // namespace

at::Tensor output_product(const at::Tensor& input, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, Activation activation,
                          const at::Tensor& packed, PackedWeights* frozen) {
  const bool has_packed = frozen != nullptr || (packed.defined() && packed.is_mkldnn());
  return Choices::get().run({has_packed ? Product::PackedOutput : Product::Output, input.size(0),
                             input.size(1), weight.size(0)},
                            {input, weight, bias, activation, packed, frozen});
}

at::Tensor input_gradient_product(const at::Tensor& grad_output, const at::Tensor& weight) {
  return Choices::get().run(
      {Product::InputGradient, grad_output.size(0), weight.size(1), weight.size(0)},
      {grad_output, weight});
}

at::Tensor weight_gradient_product(const at::Tensor& grad_output, const at::Tensor& input) {
  return Choices::get().run(
      {Product::WeightGradient, grad_output.size(0), input.size(1), grad_output.size(1)},
      {grad_output, input});
}

namespace {

// Of a convolution with outputs of height × width; the layout is that of `images`.
Shape shape_of(Product product, const at::Tensor& images, int64_t height, int64_t width,
               const at::Tensor& weight, int64_t stride) {
  return {.product = product,
          .rows = images.size(0) * height * width,
          .k = 9 * weight.size(1),
          .n = weight.size(0),
          .channels_last = is_channels_last(images),
          .strided = stride == 2};
}

}  // namespace

at::Tensor convolution_product(const at::Tensor& input, const at::Tensor& weight,
                               const std::optional<at::Tensor>& bias, Activation activation,
                               int64_t stride, at::IntArrayRef padding) {
  const Shape shape =
      shape_of(Product::Convolution, input, winograd_size(input.size(2), padding[0], stride),
               winograd_size(input.size(3), padding[1], stride), weight, stride);
  return Choices::get().run(shape, {.left = input,
                                    .right = weight,
                                    .bias = bias,
                                    .activation = activation,
                                    .stride = stride,
                                    .padding = padding});
}

at::Tensor convolution_input_gradient(const at::Tensor& grad_output, const at::Tensor& weight,
                                      at::IntArrayRef size, int64_t stride,
                                      at::IntArrayRef padding) {
  const Shape shape = shape_of(Product::ConvolutionInputGradient, grad_output, grad_output.size(2),
                               grad_output.size(3), weight, stride);
  return Choices::get().run(
      shape,
      {.left = grad_output, .right = weight, .stride = stride, .padding = padding, .size = size});
}

at::Tensor convolution_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                       const at::Tensor& weight, int64_t stride,
                                       at::IntArrayRef padding) {
  const Shape shape = shape_of(Product::ConvolutionWeightGradient, grad_output, grad_output.size(2),
                               grad_output.size(3), weight, stride);
  return Choices::get().run(
      shape,
      {.left = grad_output, .right = input, .stride = stride, .padding = padding, .like = weight});
}

at::Tensor pack_weight(const at::Tensor& weight, int64_t rows) {
  const auto& op = onednn_pack_operator();
  const bool packable = op.has_value() && weight.is_cpu() && weight.scalar_type() == at::kFloat &&
                        weight.dim() == 2 && weight.numel() > 0 && !weight.is_mkldnn();
  return packable ? op->call(weight, rows) : weight;
}

std::string product_choices() { return Choices::get().save(); }

void load_product_choices(const std::string& table) { Choices::get().load(table); }

}  // namespace potstill::ops
