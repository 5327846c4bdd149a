#include "core/optimize.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>

#include "core/cpu_features.h"
#include "core/error.h"
#include "core/forward_plan.h"
#include "core/int16_layers.h"
#include "core/packed_convolutions.h"
#include "core/tap_graph.h"
#include "core/tap_value.h"
#include "ops/products.h"

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;
using Clock = std::chrono::steady_clock;

void each_node(Block* block, const std::function<void(Node*)>& visit) {
  for (Node* node : block->nodes()) {
    visit(node);
    for (Block* inner : node->blocks()) each_node(inner, visit);
  }
}

Graph& forward_graph(torch::jit::Module& module) { return *module.get_method("forward").graph(); }

// Replaces every tensor constant that `change` has another value for.
void change_constants(Graph& graph,
                      const std::function<at::Tensor(Node*, const at::Tensor&)>& change) {
  std::vector<Node*> constants;
  each_node(graph.block(), [&](Node* node) {
    if (node->kind() == c10::prim::Constant && node->outputs().size() == 1 &&
        node->output()->type()->isSubtypeOf(*c10::TensorType::get()))
      constants.push_back(node);
  });
  for (Node* node : constants) {
    const auto value = torch::jit::toIValue(node->output());
    if (!value || !value->isTensor()) continue;
    const at::Tensor changed = change(node, value->toTensor());
    if (!changed.defined()) continue;
    torch::jit::WithInsertPoint here(node);
    Value* fresh = graph.insertConstant(changed);
    node->output()->replaceAllUsesWith(fresh);
  }
}

bool is_weight_of_convolution(Node* constant) {
  for (const auto& use : constant->output()->uses()) {
    const std::string kind = use.user->kind().toQualString();
    if (use.offset == 1 && (kind == "aten::conv2d" || kind == "aten::_convolution")) return true;
  }
  return false;
}

// Puts a conversion in front of every use of an input.
void convert_input(Graph& graph, size_t index,
                   const std::function<Value*(Graph&, Value*)>& conversion) {
  Value* input = graph.inputs().at(index);
  const auto uses = input->uses();
  torch::jit::WithInsertPoint start(graph.block()->nodes().front());
  Value* converted = conversion(graph, input);
  for (const auto& use : uses) use.user->replaceInput(use.offset, converted);
}

Value* to_dtype(Graph& graph, Value* value, at::ScalarType dtype) {
  return graph.insert(c10::aten::to, {value, static_cast<int64_t>(dtype), false, false});
}

// Puts a conversion in front of every tap.
void convert_taps(Graph& graph, const std::function<Value*(Value*)>& conversion) {
  for (Node* tap : torch::jit::findAllNodes(graph, tap_symbol(), /*recurse=*/true)) {
    torch::jit::WithInsertPoint here(tap);
    tap->replaceInput(0, conversion(tap->input(0)));
  }
}

// Who reads a tapped value may count on strides as the module gives them (`view` does).
void lay_out_taps(torch::jit::Module& module) {
  Graph& graph = forward_graph(module);
  convert_taps(graph, [&](Value* value) { return graph.insert(c10::aten::contiguous, {value}); });
}

void channels_last(torch::jit::Module& module, const std::vector<at::Tensor>& inputs) {
  Graph& graph = forward_graph(module);
  change_constants(graph, [](Node* node, const at::Tensor& value) {
    return value.dim() == 4 && is_weight_of_convolution(node)
               ? value.contiguous(at::MemoryFormat::ChannelsLast)
               : at::Tensor();
  });
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].dim() == 4)
      convert_input(graph, i + 1, [](Graph& g, Value* value) {
        const auto format = static_cast<int64_t>(at::MemoryFormat::ChannelsLast);
        return g.insert(c10::aten::contiguous, {value},
                        {torch::jit::NamedValue("memory_format", g.insertConstant(format))});
      });
}

// Float inputs go in as bfloat16, and float outputs and taps come back as they were.
void narrow(torch::jit::Module& module, const std::vector<at::Tensor>& inputs) {
  Graph& graph = forward_graph(module);
  change_constants(graph, [](Node*, const at::Tensor& value) {
    return value.scalar_type() == at::kFloat && value.numel() > 0 ? value.to(at::kBFloat16)
                                                                  : at::Tensor();
  });
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].scalar_type() == at::kFloat)
      convert_input(graph, i + 1,
                    [](Graph& g, Value* value) { return to_dtype(g, value, at::kBFloat16); });
  const auto widen = [&](Node* owner, size_t offset) {
    torch::jit::WithInsertPoint here(owner);
    owner->replaceInput(offset, to_dtype(graph, owner->input(offset), at::kFloat));
  };
  convert_taps(graph, [&](Value* value) { return to_dtype(graph, value, at::kFloat); });
  Node* result = graph.block()->return_node();
  for (size_t i = 0; i < result->inputs().size(); ++i) {
    Value* value = result->input(i);
    if (value->type()->isSubtypeOf(*c10::TensorType::get())) {
      widen(result, i);
      continue;
    }
    Node* maker = value->node();
    const bool known = maker->kind() == c10::prim::TupleConstruct ||
                       maker->kind() == c10::prim::ListConstruct ||
                       maker->kind() == c10::prim::DictConstruct;
    if (!known) throw std::runtime_error("its output is a " + value->type()->str());
    for (size_t j = 0; j < maker->inputs().size(); ++j)
      if (maker->input(j)->type()->isSubtypeOf(*c10::TensorType::get())) widen(maker, j);
  }
}

void collect_tensors(const c10::IValue& value, std::vector<at::Tensor>& tensors) {
  if (value.isTensor()) {
    tensors.push_back(value.toTensor());
  } else if (value.isTuple()) {
    for (const auto& each : value.toTupleRef().elements()) collect_tensors(each, tensors);
  } else if (value.isList()) {
    for (const c10::IValue& each : value.toListRef()) collect_tensors(each, tensors);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) collect_tensors(entry.value(), tensors);
  }
}

// One way to run, as a training step runs a teacher.
class Runner {
 public:
  Runner(const torch::jit::Module& module, const std::string& who,
         const std::vector<std::string>& taps)
      : plan_(module, who, taps) {}

  // The tensors of the output, and then those of the taps.
  std::vector<at::Tensor> operator()(const std::vector<at::Tensor>& inputs) {
    c10::InferenceMode inference(true);
    const ops::PackedWeights::Use use(packed_);
    std::vector<at::Tensor> outputs;
    std::vector<std::vector<at::Tensor>> taps;
    collect_tensors(plan_.run({inputs.begin(), inputs.end()}, {}, &taps), outputs);
    for (const auto& calls : taps) outputs.insert(outputs.end(), calls.begin(), calls.end());
    return outputs;
  }

  double milliseconds(const std::vector<at::Tensor>& inputs) {
    const auto start = Clock::now();
    (*this)(inputs);
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }

 private:
  ForwardPlan plan_;
  ops::PackedWeights packed_;
};

void compare(const std::vector<at::Tensor>& reference, const std::vector<at::Tensor>& outputs,
             Candidate& candidate) {
  candidate.difference = 0;
  double agreeing = 0, rows = 0;
  if (reference.size() != outputs.size())
    throw std::runtime_error("it returned " + std::to_string(outputs.size()) +
                             " tensors in place of " + std::to_string(reference.size()));
  for (size_t i = 0; i < reference.size(); ++i) {
    const auto& wanted = reference[i];
    const auto& got = outputs[i];
    if (wanted.sizes() != got.sizes() || wanted.scalar_type() != got.scalar_type())
      throw std::runtime_error(c10::str("an output is ", got.scalar_type(), " ", got.sizes(),
                                        " in place of ", wanted.scalar_type(), " ",
                                        wanted.sizes()));
    if (wanted.numel() == 0) continue;
    if (!at::isFloatingType(wanted.scalar_type())) {
      if (!at::equal(wanted, got)) candidate.difference = INFINITY;
      continue;
    }
    // Masked logits are infinite on both sides.
    const auto apart = at::where(wanted == got, 0.0, (wanted - got).abs()).to(at::kDouble);
    const auto finite = at::where(wanted.isfinite(), wanted.abs(), 0.0).to(at::kDouble);
    const double largest = finite.max().item<double>();
    const double worst = apart.max().item<double>();
    const double relative = worst == 0 ? 0 : worst / largest;
    candidate.difference =
        std::isnan(relative) ? INFINITY : std::max(candidate.difference, relative);
    if (i == 0 && wanted.dim() >= 2) {
      const auto same = wanted.argmax(-1) == got.argmax(-1);
      agreeing = same.sum().item<double>();
      rows = static_cast<double>(same.numel());
    }
  }
  candidate.agreement = rows > 0 ? agreeing / rows : 1;
}

constexpr const char* float32 = "float32";
constexpr const char* bfloat16 = "bfloat16";
constexpr const char* int16 = "int16";

struct Way {
  std::string name;
  std::string type;
  std::function<torch::jit::Module()> make;
};

std::vector<Way> ways_of(const torch::jit::Module& module, const TapGraph& taps,
                         const std::vector<at::Tensor>& inputs) {
  const auto frozen = [&] {
    auto made = torch::jit::freeze(taps.applied_to(module));
    lay_out_taps(made);
    return made;
  };
  const auto onednn = [](torch::jit::Module made) {
    return torch::jit::optimize_for_inference(made);
  };
  const bool images =
      std::any_of(inputs.begin(), inputs.end(), [](const auto& each) { return each.dim() == 4; });
  std::vector<Way> ways = {
      {"frozen", float32, frozen},
      {"frozen, oneDNN", float32, [=] { return onednn(frozen()); }},
  };
  if (images)
    ways.push_back({"frozen, channels-last", float32, [=, &inputs] {
                      auto made = frozen();
                      channels_last(made, inputs);
                      return made;
                    }});
  const auto packed = [&inputs](torch::jit::Module made, ConvolutionsBy by) {
    if (pack_convolutions(made, inputs, by) == 0)
      throw std::runtime_error("it has no convolution for this");
    return made;
  };
  const std::pair<const char*, ConvolutionsBy> own[] = {
      {"frozen, packed", ConvolutionsBy::OneDnn},
      {"frozen, Winograd", ConvolutionsBy::Winograd},
      {"frozen, own products", ConvolutionsBy::Own},
  };
  if (images)
    for (const auto& [name, by] : own)
      ways.push_back({name, float32, [=, &inputs, by = by] {
                        auto made = frozen();
                        channels_last(made, inputs);
                        return packed(made, by);
                      }});
  ways.push_back({"bfloat16", bfloat16, [=, &inputs] {
                    auto made = frozen();
                    narrow(made, inputs);
                    return made;
                  }});
  ways.push_back({"bfloat16, oneDNN", bfloat16, [=, &inputs] {
                    auto made = frozen();
                    narrow(made, inputs);
                    return onednn(made);
                  }});
  if (images)
    for (const bool pack : {false, true})
      ways.push_back({pack ? "bfloat16, packed" : "bfloat16, channels-last", bfloat16,
                      [=, &inputs] {
                        auto made = frozen();
                        channels_last(made, inputs);
                        narrow(made, inputs);
                        return pack ? packed(made, ConvolutionsBy::OneDnn) : made;
                      }});
  for (const bool by_winograd : {false, true})
    if (images || !by_winograd)
      ways.push_back({by_winograd ? "int16, Winograd" : int16, int16, [=, &inputs] {
                        auto made = frozen();
                        if (images) channels_last(made, inputs);
                        if (use_int16_layers(made, by_winograd) == 0)
                          throw std::runtime_error("it has no layer that int16 does");
                        const auto left =
                            by_winograd ? ConvolutionsBy::Winograd : ConvolutionsBy::OneDnn;
                        if (pack_convolutions(made, inputs, left) == 0 && by_winograd)
                          throw std::runtime_error("it has no convolution for this");
                        return made;
                      }});
  return ways;
}

struct Contender {
  torch::jit::Module module;
  std::unique_ptr<Runner> runner;
  size_t index;
  std::vector<double> times = {};
  bool racing = true;

  double best() const { return *std::min_element(times.begin(), times.end()); }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string first_line(const std::exception& failure) {
  const auto* error = dynamic_cast<const c10::Error*>(&failure);
  const std::string text = error ? error->what_without_backtrace() : failure.what();
  return text.substr(0, text.find('\n'));
}

}  // namespace

OptimizedModule optimize_module(const torch::jit::Module& module,
                                const std::vector<at::Tensor>& inputs,
                                const OptimizeOptions& options, const std::string& choice) {
  if (module.is_training())
    throw Error(Code::Config, "a module in training mode cannot be optimized; call eval() first");
  for (const auto& parameter : module.parameters())
    if (!parameter.is_cpu()) throw Error(Code::Device, "only modules on the CPU are optimized");
  const std::string who = "the teacher";
  std::vector<TapPath> paths;
  for (const auto& text : options.taps) paths.push_back(TapPath::parse(text));
  const TapGraph taps(module, paths, who);
  OptimizedModule result{module, 0, {}};
  const double nan = std::nan("");
  result.candidates.push_back({"as it is", nan, 0, 1, ""});
  std::vector<Contender> contenders;
  contenders.push_back({module, std::make_unique<Runner>(module, who, options.taps), 0});
  const auto reference = (*contenders[0].runner)(inputs);
  if (options.least > 0 && choice.empty()) {
    double own = INFINITY;
    for (int i = 0; i < 3; ++i) own = std::min(own, contenders[0].runner->milliseconds(inputs));
    if (own < options.least) {
      result.candidates[0].milliseconds = own;
      return result;
    }
  }

  for (const auto& way : ways_of(module, taps, inputs)) {
    if (!choice.empty() && way.name != choice) continue;
    if (way.type != float32 &&
        std::find(options.types.begin(), options.types.end(), way.type) == options.types.end())
      continue;
    Candidate candidate{way.name, nan, nan, nan, ""};
    if (way.type == bfloat16 && !has_bfloat16()) {
      candidate.refused = "this CPU has no bfloat16 instructions";
      result.candidates.push_back(candidate);
      continue;
    }
    try {
      Contender made{way.make(), nullptr, result.candidates.size()};
      taps.carried_by(made.module);
      made.runner =
          std::make_unique<Runner>(made.module, who + " (" + way.name + ")", options.taps);
      compare(reference, (*made.runner)(inputs), candidate);
      if (!(candidate.difference <= options.tolerance))
        candidate.refused = options.taps.empty()
                                ? "its outputs differ by more than the tolerance"
                                : "its outputs or taps differ by more than the tolerance";
      else if (candidate.agreement < options.agreement)
        candidate.refused = "too few of its largest outputs are the same";
      else
        contenders.push_back(std::move(made));
    } catch (const std::exception& failure) {
      // A way that this module does not go is not an error: the others remain.
      candidate.refused = first_line(failure);
    }
    result.candidates.push_back(candidate);
  }
  if (!choice.empty()) {
    result.chosen = contenders.back().index;
    result.module = contenders.back().module;
    return result;
  }

  // In turns, so that all see the same moods of the machine; who is far behind drops out.
  const auto deadline =
      Clock::now() +
      std::chrono::milliseconds(options.milliseconds * static_cast<int64_t>(contenders.size()));
  for (int round = 0; round < 50; ++round) {
    double best = INFINITY;
    for (auto& each : contenders) {
      if (each.racing) each.times.push_back(each.runner->milliseconds(inputs));
      best = std::min(best, each.best());
    }
    if (round >= 2)
      for (auto& each : contenders) each.racing = each.best() < 1.5 * best;
    if (round >= 4 && Clock::now() > deadline) break;
  }
  double fastest = INFINITY;
  for (auto& each : contenders) {
    auto& candidate = result.candidates[each.index];
    candidate.milliseconds = median(each.times);
    // What gains less than 3 % is not worth being inexact.
    if (candidate.milliseconds < fastest * (fastest == INFINITY ? 1 : 0.97)) {
      fastest = candidate.milliseconds;
      result.chosen = each.index;
      result.module = each.module;
    }
  }
  return result;
}

std::string fingerprint(const torch::jit::Module& module) {
  uint64_t hash = 14695981039346656037ull;
  const auto word = [&](uint64_t value) { hash = (hash ^ value) * 1099511628211ull; };
  const auto bytes = [&](const void* data, size_t size) {
    const auto* at = static_cast<const char*>(data);
    for (; size >= 8; size -= 8, at += 8) {
      uint64_t value;
      std::memcpy(&value, at, 8);
      word(value);
      // Multiplication alone leaves the low bits of a word to the low bits of the hash.
      hash ^= hash >> 29;
    }
    uint64_t rest = size;
    std::memcpy(&rest, at, size);
    word(rest);
  };
  const auto text = [&](const std::string& value) { bytes(value.data(), value.size()); };
  const auto tensor = [&](const std::string& name, const at::Tensor& value) {
    text(name);
    text(c10::str(value.scalar_type(), value.sizes()));
    const auto host = value.detach().cpu().contiguous();
    bytes(host.const_data_ptr(), host.nbytes());
  };
  auto graph = module.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  text(graph->toString(/*print_source_locations=*/false));
  for (const auto& each : module.named_parameters()) tensor(each.name, each.value);
  for (const auto& each : module.named_buffers()) tensor(each.name, each.value);
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

}  // namespace potstill
