#include "core/script_resolver.h"

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/csrc/jit/ir/constants.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>

namespace potstill {
namespace {

using torch::jit::BuiltinFunction;
using torch::jit::BuiltinModule;
using torch::jit::CompilationUnit;
using torch::jit::ErrorReport;
using torch::jit::ExceptionValue;
using torch::jit::FunctionValue;
using torch::jit::GraphFunction;
using torch::jit::SimpleValue;
using torch::jit::SourceRange;
using torch::jit::SpecialFormValue;
using torch::jit::SugaredValue;
using torch::jit::SugaredValuePtr;

// Functions whose Python signature differs from the operator's. The rest of torch.nn.functional
// goes to the operator of the same name.
constexpr const char* kFunctional = R"PY(
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    if inplace:
        result = torch.dropout_(input, p, training)
    else:
        result = torch.dropout(input, p, training)
    return result

def relu(input: Tensor, inplace: bool = False) -> Tensor:
    if inplace:
        result = torch.relu_(input)
    else:
        result = torch.relu(input)
    return result

def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.hardtanh(input, 0.0, 6.0)

def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    return torch.hardtanh(input, min_val, max_val)

def silu(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.silu(input)

def mish(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.mish(input)

def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.hardswish(input)

def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.hardsigmoid(input)

def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    return torch.elu(input, alpha)

def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    return torch.leaky_relu(input, negative_slope)

def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    return torch.gelu(input, approximate=approximate)

def tanh(input: Tensor) -> Tensor:
    return torch.tanh(input)

def sigmoid(input: Tensor) -> Tensor:
    return torch.sigmoid(input)

def logsigmoid(input: Tensor) -> Tensor:
    return torch.log_sigmoid(input)

def batch_norm(input: Tensor, running_mean: Optional[Tensor], running_var: Optional[Tensor], weight: Optional[Tensor] = None, bias: Optional[Tensor] = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5) -> Tensor:
    return torch.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, True)

def embedding(input: Tensor, weight: Tensor, padding_idx: int = -1) -> Tensor:
    return torch.embedding(weight, input, padding_idx)

def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    denom = torch.norm(input, p, [dim], True).clamp_min(eps)
    return input / denom.expand_as(input)

def unfold(input: Tensor, kernel_size: List[int], dilation: List[int] = [1, 1], padding: List[int] = [0, 0], stride: List[int] = [1, 1]) -> Tensor:
    return torch.im2col(input, kernel_size, dilation, padding, stride)

def interpolate(input: Tensor, size: Optional[List[int]] = None, scale_factor: Optional[List[float]] = None, mode: str = "nearest", align_corners: bool = False) -> Tensor:
    if mode == "bilinear":
        result = torch.upsample_bilinear2d(input, size, align_corners, scale_factor)
    elif mode == "bicubic":
        result = torch.upsample_bicubic2d(input, size, align_corners, scale_factor)
    elif mode == "nearest":
        result = torch.upsample_nearest2d(input, size, scale_factor)
    else:
        raise ValueError("interpolate: mode is nearest, bilinear or bicubic")
    return result

def _reduction(reduction: str) -> int:
    result = 1
    if reduction == "none":
        result = 0
    elif reduction == "sum":
        result = 2
    elif reduction != "mean":
        raise ValueError("reduction is none, mean or sum")
    return result

def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    return torch.mse_loss(input, target, _reduction(reduction))

def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    return torch.l1_loss(input, target, _reduction(reduction))

def cross_entropy(input: Tensor, target: Tensor, weight: Optional[Tensor] = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0) -> Tensor:
    return torch.cross_entropy_loss(input, target, weight, _reduction(reduction), ignore_index, label_smoothing)

def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Optional[Tensor] = None, reduction: str = "mean", pos_weight: Optional[Tensor] = None) -> Tensor:
    return torch.binary_cross_entropy_with_logits(input, target, weight, pos_weight, _reduction(reduction))
)PY";

std::optional<int64_t> named_integer(const std::string& name) {
  static const std::unordered_map<std::string, at::ScalarType> types = {
      {"float32", at::kFloat},
      {"float", at::kFloat},
      {"float64", at::kDouble},
      {"double", at::kDouble},
      {"float16", at::kHalf},
      {"half", at::kHalf},
      {"bfloat16", at::kBFloat16},
      {"uint8", at::kByte},
      {"int8", at::kChar},
      {"int16", at::kShort},
      {"short", at::kShort},
      {"int32", at::kInt},
      {"int", at::kInt},
      {"int64", at::kLong},
      {"long", at::kLong},
      {"bool", at::kBool},
      {"complex64", at::kComplexFloat},
      {"complex128", at::kComplexDouble},
  };
  static const std::unordered_map<std::string, at::MemoryFormat> formats = {
      {"contiguous_format", at::MemoryFormat::Contiguous},
      {"preserve_format", at::MemoryFormat::Preserve},
      {"channels_last", at::MemoryFormat::ChannelsLast},
  };
  if (auto it = types.find(name); it != types.end()) return static_cast<int64_t>(it->second);
  if (auto it = formats.find(name); it != formats.end()) return static_cast<int64_t>(it->second);
  return std::nullopt;
}

std::optional<double> named_number(const std::string& name) {
  if (name == "pi") return M_PI;
  if (name == "tau") return 2 * M_PI;
  if (name == "e") return M_E;
  if (name == "inf") return std::numeric_limits<double>::infinity();
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

template <typename T>
SugaredValuePtr constant(GraphFunction& m, const SourceRange& loc, T value) {
  return std::make_shared<SimpleValue>(m.graph()->insertConstant(value, loc));
}

SugaredValuePtr builtin(const std::string& qualified) {
  return std::make_shared<BuiltinFunction>(c10::Symbol::fromQualString(qualified), std::nullopt);
}

// A name that stands for other names only.
struct Namespace : SugaredValue {
  std::string kind() const override { return "module"; }
  // The members of a namespace are operators: `torch.foo` is only known not to exist when called.
  bool hasAttr(const SourceRange&, GraphFunction&, const std::string&) override { return true; }
};

struct PrefixedOps : Namespace {
  explicit PrefixedOps(std::string prefix) : prefix(std::move(prefix)) {}
  SugaredValuePtr attr(const SourceRange&, GraphFunction&, const std::string& field) override {
    return builtin(prefix + field);
  }
  std::string prefix;
};

struct AllOps : Namespace {
  SugaredValuePtr attr(const SourceRange&, GraphFunction&, const std::string& field) override {
    return std::make_shared<BuiltinModule>(field);
  }
};

struct Functional : Namespace {
  SugaredValuePtr attr(const SourceRange&, GraphFunction&, const std::string& field) override {
    if (field.rfind('_', 0) != 0) {
      // Never freed: graphs that outlive everything else point into it.
      static CompilationUnit& unit = *compile();
      if (auto* function = unit.find_function(c10::QualifiedName(kPrefix, field)))
        return std::make_shared<FunctionValue>(function);
    }
    return builtin("aten::" + field);
  }

  static constexpr const char* kPrefix = "__torch__.torch.nn.functional";

  static CompilationUnit* compile() {
    auto* unit = new CompilationUnit();
    unit->define(c10::QualifiedName(kPrefix), kFunctional, script_resolver(), nullptr);
    return unit;
  }
};

struct NN : Namespace {
  SugaredValuePtr attr(const SourceRange& loc, GraphFunction&, const std::string& field) override {
    if (field == "functional") return std::make_shared<Functional>();
    throw(ErrorReport(loc)
          << "torch.nn." << field
          << " is not available in a source; list it under `modules` and call self.<name>");
  }
};

struct Jit : Namespace {
  SugaredValuePtr attr(const SourceRange& loc, GraphFunction&, const std::string& field) override {
    if (field == "annotate") return SpecialFormValue::create(c10::prim::annotate);
    throw(ErrorReport(loc) << "torch.jit." << field << " is not available in a source");
  }
};

struct Math : Namespace {
  SugaredValuePtr attr(const SourceRange& loc, GraphFunction& m,
                       const std::string& field) override {
    if (auto number = named_number(field)) return constant(m, loc, *number);
    return builtin("aten::" + field);
  }
};

struct Torch : Namespace {
  SugaredValuePtr attr(const SourceRange& loc, GraphFunction& m,
                       const std::string& field) override {
    if (field == "ops") return std::make_shared<AllOps>();
    if (field == "nn") return std::make_shared<NN>();
    if (field == "jit") return std::make_shared<Jit>();
    if (field == "linalg" || field == "special" || field == "fft")
      return std::make_shared<PrefixedOps>("aten::" + field + "_");
    if (auto number = named_integer(field)) return constant(m, loc, *number);
    if (auto number = named_number(field)) return constant(m, loc, *number);
    return builtin("aten::" + field);
  }
};

struct ScriptResolver : torch::jit::Resolver {
  SugaredValuePtr resolveValue(const std::string& name, GraphFunction&,
                               const SourceRange&) override {
    if (name == "torch") return std::make_shared<Torch>();
    if (name == "math") return std::make_shared<Math>();
    if (name == "F") return std::make_shared<Functional>();
    if (name == "nn") return std::make_shared<NN>();
    static const char* exceptions[] = {"Exception", "ValueError",         "RuntimeError",
                                       "TypeError", "AssertionError",     "IndexError",
                                       "KeyError",  "NotImplementedError"};
    for (const char* exception : exceptions)
      if (name == exception) return std::make_shared<ExceptionValue>(name);
    return nullptr;
  }
};

}  // namespace

torch::jit::ResolverPtr script_resolver() { return std::make_shared<ScriptResolver>(); }

}  // namespace potstill
