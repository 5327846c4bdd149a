#include <ATen/ATen.h>

#include <cstring>

#include "node/exports.h"
#include "node/job.h"
#include "node/names.h"

namespace potstill::node {
namespace {

at::ScalarType dtype_argument(Call& call, size_t index) {
  const std::string name = call.string(index);
  if (auto type = dtype_from_name(name)) return *type;
  throw Error(Code::Dtype, "there is no dtype \"" + name + "\"");
}

at::ScalarType element_type(napi_typedarray_type type) {
  switch (type) {
    case napi_float32_array: return at::kFloat;
    case napi_float64_array: return at::kDouble;
    case napi_int8_array: return at::kChar;
    case napi_int16_array: return at::kShort;
    case napi_int32_array: return at::kInt;
    case napi_bigint64_array: return at::kLong;
    case napi_uint8_array:
    case napi_uint8_clamped_array: return at::kByte;
    default: throw Error(Code::Dtype, "this kind of typed array has no counterpart in libtorch");
  }
}

napi_value tensor_from_data(Call& call) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  bool typed = false;
  check(call.env, napi_is_typedarray(call.env, call[0], &typed));
  if (!typed) throw Error(Code::Dtype, "tensor data must be a typed array");
  check(call.env, napi_get_typedarray_info(call.env, call[0], &type, &length, &data, nullptr,
                                           nullptr));
  std::vector<int64_t> shape;
  int64_t elements = 1;
  const c10::IValue sizes = call.any(1);
  if (!sizes.isList()) throw Error(Code::Shape, "a shape is an array of integers");
  for (const c10::IValue& size : sizes.toListRef()) {
    if (!size.isInt() || size.toInt() < 0)
      throw Error(Code::Shape, "a shape holds integers of at least 0");
    shape.push_back(size.toInt());
    elements *= size.toInt();
  }
  if (elements != static_cast<int64_t>(length))
    throw Error(Code::Shape, "the shape asks for " + std::to_string(elements) +
                                 " elements and the data has " + std::to_string(length));
  const auto wanted = dtype_argument(call, 2);
  at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(element_type(type)));
  if (length > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
  // A NaN is true; the vectorised conversion to bool does not think so everywhere.
  if (wanted == at::kBool) tensor = tensor.ne(0);
  if (wanted != tensor.scalar_type()) tensor = tensor.to(wanted);
  if (call.boolean(3)) tensor.set_requires_grad(true);
  return wrap_tensor(call.instance(), tensor);
}

// The tensor as JavaScript's typed arrays can hold it: contiguous, on the CPU, halves widened.
at::Tensor plain(const at::Tensor& tensor) {
  at::Tensor result = tensor.detach().to(at::kCPU);
  if (result.scalar_type() == at::kHalf || result.scalar_type() == at::kBFloat16)
    result = result.to(at::kFloat);
  return result.contiguous();
}

napi_typedarray_type array_type(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return napi_float32_array;
    case at::kDouble: return napi_float64_array;
    case at::kChar: return napi_int8_array;
    case at::kShort: return napi_int16_array;
    case at::kInt: return napi_int32_array;
    case at::kLong: return napi_bigint64_array;
    case at::kByte:
    case at::kBool: return napi_uint8_array;
    default:
      throw Error(Code::Dtype, dtype_name(type) + " has no typed array in JavaScript; convert first");
  }
}

napi_value to_typed_array(napi_env env, const at::Tensor& tensor) {
  const auto type = array_type(tensor.scalar_type());
  void* target = nullptr;
  napi_value buffer;
  napi_value array;
  check(env, napi_create_arraybuffer(env, tensor.nbytes(), &target, &buffer));
  if (tensor.nbytes() > 0) std::memcpy(target, tensor.const_data_ptr(), tensor.nbytes());
  check(env, napi_create_typedarray(env, type, tensor.numel(), buffer, 0, &array));
  return array;
}

napi_value tensor_data_sync(Call& call) {
  array_type(call.tensor(0).scalar_type() == at::kHalf ||
                     call.tensor(0).scalar_type() == at::kBFloat16
                 ? at::kFloat
                 : call.tensor(0).scalar_type());
  return to_typed_array(call.env, plain(call.tensor(0)));
}

napi_value tensor_data(Call& call) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute, [tensor = call.tensor(0)]() -> Job::Finish {
    at::Tensor copy = plain(tensor);
    return [copy](napi_env env) { return to_typed_array(env, copy); };
  });
}

napi_value tensors_copy(Call& call) {
  auto& instance = call.instance();
  return Job::submit(
      instance, instance.engine.compute,
      [&instance, tensors = tensors_of(call.any(0), "tensors")]() mutable -> Job::Finish {
        for (auto& tensor : tensors) tensor = tensor.detach().clone();
        return [&instance, copies = std::move(tensors)](napi_env env) {
          const Instance::Untold untold(instance);
          return to_array(env, copies,
                          [&](const at::Tensor& copy) { return wrap_tensor(instance, copy); });
        };
      });
}

napi_value tensor_item(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  if (tensor.numel() != 1)
    throw Error(Code::Shape, "item() needs one element; the tensor has " +
                                 std::to_string(tensor.numel()));
  const at::Scalar scalar = tensor.item();
  if (scalar.isBoolean()) return call.boolean_value(scalar.to<bool>());
  if (scalar.isFloatingPoint()) return call.number_value(scalar.to<double>());
  napi_value result;
  if (tensor.scalar_type() == at::kLong) {
    check(call.env, napi_create_bigint_int64(call.env, scalar.to<int64_t>(), &result));
  } else {
    check(call.env, napi_create_int64(call.env, scalar.to<int64_t>(), &result));
  }
  return result;
}

napi_value tensor_shape(Call& call) { return to_js(call.env, call.tensor(0).sizes().vec()); }
napi_value tensor_strides(Call& call) { return to_js(call.env, call.tensor(0).strides().vec()); }
napi_value tensor_dtype(Call& call) {
  return to_js(call.env, dtype_name(call.tensor(0).scalar_type()));
}
napi_value tensor_device(Call& call) { return to_js(call.env, call.tensor(0).device().str()); }
napi_value tensor_requires_grad(Call& call) {
  return call.boolean_value(call.tensor(0).requires_grad());
}
napi_value tensor_set_requires_grad(Call& call) {
  call.tensor(0).set_requires_grad(call.boolean(1));
  return call.undefined();
}
napi_value tensor_is_leaf(Call& call) { return call.boolean_value(call.tensor(0).is_leaf()); }

napi_value tensor_grad(Call& call) {
  return to_js(call.instance(), c10::IValue(call.tensor(0).grad()));
}

napi_value tensor_set_grad(Call& call) {
  at::Tensor tensor = call.tensor(0);
  tensor.mutable_grad() = call.optional_tensor(1);
  return call.undefined();
}

struct BackwardArguments {
  at::Tensor tensor;
  at::Tensor gradient;
  bool retain;
  bool create;
  void run() const {
    if (!tensor.requires_grad())
      throw Error(Code::Config,
                  "backward() on a tensor that no parameter reaches: it does not require a gradient");
    tensor.backward(gradient, retain, create);
  }
};

BackwardArguments backward_arguments(Call& call) {
  return {call.tensor(0), call.optional_tensor(1), call.boolean(2), call.boolean(3)};
}

napi_value tensor_backward(Call& call) {
  backward_arguments(call).run();
  return call.undefined();
}

napi_value tensor_backward_async(Call& call) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute,
                     [arguments = backward_arguments(call)]() -> Job::Finish {
                       arguments.run();
                       return undefined;
                     });
}

TensorBox& box_argument(Call& call, size_t index) {
  if (TensorBox* box = tensor_box(call.env, call[index])) return *box;
  throw Error(Code::Receiver, "the receiver is not a Tensor");
}

napi_value tensor_dispose(Call& call) {
  TensorBox& box = box_argument(call, 0);
  if (!box.disposed) {
    call.instance().storage_dropped(box.storage);
    box.disposed = true;
    box.tensor.reset();  // a job that uses it holds a reference of its own
  }
  return call.undefined();
}

napi_value tensor_is_disposed(Call& call) {
  return call.boolean_value(box_argument(call, 0).disposed);
}

napi_value tensor_is_same(Call& call) {
  return call.boolean_value(call.tensor(0).is_same(call.tensor(1)));
}

constexpr Export kExports[] = {
    {"tensorFromData", entry<tensor_from_data>},
    {"tensorDataSync", entry<tensor_data_sync>},
    {"tensorData", entry<tensor_data>},
    {"tensorsCopy", entry<tensors_copy>},
    {"tensorItem", entry<tensor_item>},
    {"tensorShape", entry<tensor_shape>},
    {"tensorStrides", entry<tensor_strides>},
    {"tensorDtype", entry<tensor_dtype>},
    {"tensorDevice", entry<tensor_device>},
    {"tensorRequiresGrad", entry<tensor_requires_grad>},
    {"tensorSetRequiresGrad", entry<tensor_set_requires_grad>},
    {"tensorIsLeaf", entry<tensor_is_leaf>},
    {"tensorGrad", entry<tensor_grad>},
    {"tensorSetGrad", entry<tensor_set_grad>},
    {"tensorBackward", entry<tensor_backward>},
    {"tensorBackwardAsync", entry<tensor_backward_async>},
    {"tensorDispose", entry<tensor_dispose>},
    {"tensorIsDisposed", entry<tensor_is_disposed>},
    {"tensorIsSame", entry<tensor_is_same>},
};

}  // namespace

std::span<const Export> tensor_exports() { return kExports; }

}  // namespace potstill::node
