#include "node/convert.h"

#include <ATen/core/jit_type.h>

#include <cmath>

#include "core/device.h"
#include "core/error.h"
#include "node/guard.h"
#include "node/instance.h"
#include "node/names.h"
#include "node/wrap.h"

namespace potstill::node {
namespace {

constexpr double kSafe = 9007199254740991.0;  // Number.MAX_SAFE_INTEGER
constexpr int kDeepest = 500;

std::vector<napi_value> elements(napi_env env, napi_value array) {
  uint32_t length = 0;
  check(env, napi_get_array_length(env, array, &length));
  std::vector<napi_value> result(length);
  for (uint32_t i = 0; i < length; ++i) check(env, napi_get_element(env, array, i, &result[i]));
  return result;
}

std::vector<std::pair<std::string, napi_value>> entries(napi_env env, napi_value object) {
  napi_value names;
  check(env, napi_get_all_property_names(
                 env, object, napi_key_own_only,
                 static_cast<napi_key_filter>(napi_key_enumerable | napi_key_skip_symbols),
                 napi_key_numbers_to_strings, &names));
  std::vector<std::pair<std::string, napi_value>> result;
  for (napi_value name : elements(env, names)) {
    napi_value value;
    check(env, napi_get_property(env, object, name, &value));
    result.emplace_back(to_string(env, name), value);
  }
  return result;
}

bool convert_list(napi_env env, const Argument& argument, const c10::Type& element,
                  std::optional<int32_t> size, const c10::TypePtr& element_type,
                  c10::IValue& out) {
  c10::impl::GenericList list(element_type);
  if (argument.kind == Argument::Kind::Array) {
    for (napi_value item : elements(env, argument.value)) {
      c10::IValue converted;
      if (!convert(env, look(env, item), element, std::nullopt, converted)) return false;
      list.push_back(std::move(converted));
    }
  } else {
    // One number for `int[2] stride`, as PyTorch's Python takes it.
    c10::IValue converted;
    if (!size.has_value() || argument.kind == Argument::Kind::Absent) return false;
    if (!convert(env, argument, element, std::nullopt, converted)) return false;
    for (int32_t i = 0; i < *size; ++i) list.push_back(converted);
  }
  out = std::move(list);
  return true;
}

// Names of enumerations travel as the integers of their dispatcher types.
bool convert_name(const std::string& name, c10::TypeKind kind, c10::IValue& out) {
  switch (kind) {
    case c10::TypeKind::ScalarTypeType: {
      auto type = dtype_from_name(name);
      if (type) out = static_cast<int64_t>(*type);
      return type.has_value();
    }
    case c10::TypeKind::MemoryFormatType: {
      auto format = memory_format_from_name(name);
      if (format) out = static_cast<int64_t>(*format);
      return format.has_value();
    }
    case c10::TypeKind::LayoutType: {
      auto layout = layout_from_name(name);
      if (layout) out = static_cast<int64_t>(*layout);
      return layout.has_value();
    }
    case c10::TypeKind::IntType: {
      // Inside TorchScript a dtype is an int; a name is what a person would pass.
      auto type = dtype_from_name(name);
      if (type) out = static_cast<int64_t>(*type);
      return type.has_value();
    }
    default:
      return false;
  }
}

c10::IValue any(napi_env env, napi_value value, int depth) {
  if (depth > kDeepest) throw Error(Code::Config, "a value is nested too deeply");
  const Argument argument = look(env, value);
  switch (argument.kind) {
    case Argument::Kind::Absent:
      return {};
    case Argument::Kind::Boolean:
      return argument.number != 0;
    case Argument::Kind::Number:
      if (argument.integral()) return argument.integer;
      return argument.number;
    case Argument::Kind::BigInt:
      return argument.integer;
    case Argument::Kind::String:
      return to_string(env, value);
    case Argument::Kind::Tensor:
      return *argument.tensor;
    case Argument::Kind::Module:
      return module_of(env, value)._ivalue();
    case Argument::Kind::Array: {
      c10::impl::GenericList list(c10::AnyType::get());
      for (napi_value item : elements(env, value)) list.push_back(any(env, item, depth + 1));
      return list;
    }
    case Argument::Kind::Object: {
      c10::impl::GenericDict dict(c10::StringType::get(), c10::AnyType::get());
      for (auto& [key, item] : entries(env, value)) dict.insert(key, any(env, item, depth + 1));
      return dict;
    }
  }
  return {};
}

}  // namespace

bool Argument::integral() const {
  return kind == Kind::BigInt ||
         (kind == Kind::Number && std::trunc(number) == number && std::fabs(number) <= kSafe);
}

Argument look(napi_env env, napi_value value) {
  Argument result;
  result.value = value;
  napi_valuetype type;
  check(env, napi_typeof(env, value, &type));
  switch (type) {
    case napi_undefined:
      result.undefined = true;
      break;
    case napi_null:
      break;
    case napi_boolean: {
      bool flag = false;
      check(env, napi_get_value_bool(env, value, &flag));
      result.kind = Argument::Kind::Boolean;
      result.number = flag ? 1 : 0;
      break;
    }
    case napi_number:
      check(env, napi_get_value_double(env, value, &result.number));
      result.kind = Argument::Kind::Number;
      if (result.integral()) result.integer = static_cast<int64_t>(result.number);
      break;
    case napi_bigint: {
      bool lossless = false;
      check(env, napi_get_value_bigint_int64(env, value, &result.integer, &lossless));
      if (!lossless) throw Error(Code::Dtype, "a BigInt does not fit into int64");
      result.kind = Argument::Kind::BigInt;
      result.number = static_cast<double>(result.integer);
      break;
    }
    case napi_string:
      result.kind = Argument::Kind::String;
      break;
    case napi_object: {
      if (TensorBox* box = tensor_box(env, value)) {
        if (box->disposed) throw Error(Code::Disposed, "the tensor has been disposed");
        result.kind = Argument::Kind::Tensor;
        result.tensor = &box->tensor;
        break;
      }
      bool array = false;
      check(env, napi_is_array(env, value, &array));
      if (array) {
        result.kind = Argument::Kind::Array;
      } else {
        result.kind = module_box(env, value) != nullptr ? Argument::Kind::Module
                                                        : Argument::Kind::Object;
      }
      break;
    }
    default:
      throw Error(Code::Config, "a function, symbol or external cannot be passed to libtorch");
  }
  return result;
}

bool convert(napi_env env, const Argument& argument, const c10::Type& type,
             std::optional<int32_t> size, c10::IValue& out) {
  using Kind = Argument::Kind;
  switch (type.kind()) {
    case c10::TypeKind::TensorType:
      if (argument.kind != Kind::Tensor) return false;
      out = *argument.tensor;
      return true;
    case c10::TypeKind::OptionalType:
      if (argument.kind == Kind::Absent) {
        out = c10::IValue();
        return true;
      }
      return convert(env, argument, *type.castRaw<c10::OptionalType>()->getElementType(), size,
                     out);
    case c10::TypeKind::NumberType:
      if (argument.kind == Kind::Boolean) {
        out = argument.number != 0;
      } else if (argument.integral()) {
        out = argument.integer;
      } else if (argument.kind == Kind::Number) {
        out = argument.number;
      } else {
        return false;
      }
      return true;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      if (argument.integral()) {
        out = argument.integer;
        return true;
      }
      return argument.kind == Kind::String && type.kind() == c10::TypeKind::IntType &&
             convert_name(to_string(env, argument.value), type.kind(), out);
    case c10::TypeKind::ScalarTypeType:
    case c10::TypeKind::MemoryFormatType:
    case c10::TypeKind::LayoutType:
      return argument.kind == Kind::String &&
             convert_name(to_string(env, argument.value), type.kind(), out);
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType:
      if (argument.kind != Kind::Number && argument.kind != Kind::BigInt) return false;
      out = argument.number;
      return true;
    case c10::TypeKind::BoolType:
      if (argument.kind != Kind::Boolean) return false;
      out = argument.number != 0;
      return true;
    case c10::TypeKind::StringType:
      if (argument.kind != Kind::String) return false;
      out = to_string(env, argument.value);
      return true;
    case c10::TypeKind::DeviceObjType:
      if (argument.kind != Kind::String) return false;
      out = parse_device(to_string(env, argument.value));
      return true;
    case c10::TypeKind::ListType: {
      auto element = type.castRaw<c10::ListType>()->getElementType();
      return convert_list(env, argument, *element, size, element, out);
    }
    case c10::TypeKind::TupleType: {
      if (argument.kind != Kind::Array) return false;
      auto types = type.castRaw<c10::TupleType>()->elements();
      auto items = elements(env, argument.value);
      if (items.size() != types.size()) return false;
      std::vector<c10::IValue> values(items.size());
      for (size_t i = 0; i < items.size(); ++i)
        if (!convert(env, look(env, items[i]), *types[i], std::nullopt, values[i])) return false;
      out = c10::ivalue::Tuple::create(std::move(values));
      return true;
    }
    case c10::TypeKind::DictType: {
      if (argument.kind != Kind::Object) return false;
      const auto* dict_type = type.castRaw<c10::DictType>();
      if (dict_type->getKeyType()->kind() != c10::TypeKind::StringType) return false;
      c10::impl::GenericDict dict(dict_type->getKeyType(), dict_type->getValueType());
      for (auto& [key, item] : entries(env, argument.value)) {
        c10::IValue converted;
        if (!convert(env, look(env, item), *dict_type->getValueType(), std::nullopt, converted))
          return false;
        dict.insert(key, std::move(converted));
      }
      out = std::move(dict);
      return true;
    }
    case c10::TypeKind::GeneratorType:
      return false;  // the default generator is the only one; `manualSeed` seeds it
    case c10::TypeKind::AnyType:
      out = any(env, argument.value, 0);
      return true;
    default:
      return false;
  }
}

c10::IValue convert_any(napi_env env, napi_value value) { return any(env, value, 0); }

std::string to_string(napi_env env, napi_value value) {
  size_t length = 0;
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string result(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, result.data(), length + 1, &length));
  return result;
}

std::vector<at::Tensor> tensors_of(const c10::IValue& value, const std::string& what) {
  std::vector<at::Tensor> result;
  if (value.isNone()) return result;
  if (!value.isList()) throw Error(Code::Config, what + ": expected an array of tensors");
  for (const c10::IValue& each : value.toListRef()) {
    if (!each.isTensor()) throw Error(Code::Config, what + ": expected an array of tensors");
    result.push_back(each.toTensor());
  }
  return result;
}

napi_value to_js(napi_env env, const std::string& text) {
  napi_value result;
  check(env, napi_create_string_utf8(env, text.data(), text.size(), &result));
  return result;
}

napi_value to_js(napi_env env, const std::vector<int64_t>& numbers) {
  return to_array(env, numbers, [env](int64_t value) {
    napi_value number;
    check(env, napi_create_int64(env, value, &number));
    return number;
  });
}

napi_value to_object(napi_env env,
                     std::initializer_list<std::pair<const char*, napi_value>> properties) {
  napi_value result;
  check(env, napi_create_object(env, &result));
  for (const auto& [name, value] : properties)
    check(env, napi_set_named_property(env, result, name, value));
  return result;
}

napi_value to_js(Instance& instance, const c10::IValue& value) {
  napi_env env = instance.env;
  napi_value result = nullptr;
  if (value.isTensor()) {
    // An undefined tensor is how operators say "none".
    if (value.toTensor().defined()) return wrap_tensor(instance, value.toTensor());
    check(env, napi_get_null(env, &result));
  } else if (value.isNone()) {
    check(env, napi_get_null(env, &result));
  } else if (value.isBool()) {
    check(env, napi_get_boolean(env, value.toBool(), &result));
  } else if (value.isInt()) {
    const int64_t number = value.toInt();
    if (std::fabs(static_cast<double>(number)) <= kSafe) {
      check(env, napi_create_double(env, static_cast<double>(number), &result));
    } else {
      check(env, napi_create_bigint_int64(env, number, &result));
    }
  } else if (value.isDouble()) {
    check(env, napi_create_double(env, value.toDouble(), &result));
  } else if (value.isString()) {
    return to_js(env, value.toStringRef());
  } else if (value.isDevice()) {
    return to_js(env, value.toDevice().str());
  } else if (value.isSymInt()) {
    check(env, napi_create_double(env, static_cast<double>(value.toSymInt().guard_int(__FILE__, __LINE__)), &result));
  } else if (value.isTuple()) {
    const auto& tuple = value.toTupleRef();
    const auto& schema = tuple.type()->schema();
    if (schema) {
      check(env, napi_create_object(env, &result));
      for (size_t i = 0; i < tuple.elements().size(); ++i)
        check(env, napi_set_named_property(env, result, schema->arguments()[i].name().c_str(),
                                           to_js(instance, tuple.elements()[i])));
    } else {
      check(env, napi_create_array_with_length(env, tuple.elements().size(), &result));
      for (size_t i = 0; i < tuple.elements().size(); ++i)
        check(env, napi_set_element(env, result, static_cast<uint32_t>(i),
                                    to_js(instance, tuple.elements()[i])));
    }
  } else if (value.isList()) {
    const auto list = value.toList();
    check(env, napi_create_array_with_length(env, list.size(), &result));
    for (size_t i = 0; i < list.size(); ++i)
      check(env, napi_set_element(env, result, static_cast<uint32_t>(i),
                                  to_js(instance, list.get(i))));
  } else if (value.isGenericDict()) {
    check(env, napi_create_object(env, &result));
    for (const auto& entry : value.toGenericDict()) {
      const auto key = entry.key().isString() ? entry.key().toStringRef()
                                              : c10::str(entry.key());
      check(env, napi_set_property(env, result, to_js(env, key),
                                   to_js(instance, entry.value())));
    }
  } else {
    throw Error(Code::Native,
                "a result of type " + value.tagKind() + " has no counterpart in JavaScript");
  }
  return result;
}

std::string kind_of(const Argument& argument) {
  switch (argument.kind) {
    case Argument::Kind::Absent: return "undefined";
    case Argument::Kind::Boolean: return "a boolean";
    case Argument::Kind::Number: return "a number";
    case Argument::Kind::BigInt: return "a BigInt";
    case Argument::Kind::String: return "a string";
    case Argument::Kind::Tensor: return "a Tensor";
    case Argument::Kind::Module: return "a module";
    case Argument::Kind::Array: return "an array";
    case Argument::Kind::Object: return "an object";
  }
  return "a value";
}

}  // namespace potstill::node
