#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace potstill {

// The closed set of error codes; `native/node/guard.cpp` spells them ERR_….
enum class Code {
  Config,
  Shape,
  Dtype,
  Device,
  Oom,
  ModelLoad,
  Tap,
  Data,
  Nonfinite,
  Checkpoint,
  Dist,
  Disposed,
  Aborted,
  Receiver,
  Io,
  Install,
  Locked,
  Native,
};

// What the library throws on purpose; anything else that escapes is reported as Native.
struct Error : std::runtime_error {
  Error(Code code, const std::string& message, std::string cause = {})
      : std::runtime_error(message), code(code), cause(std::move(cause)) {}
  Code code;
  // The full text of an underlying failure, kept apart from the message for people.
  std::string cause;
};

}  // namespace potstill
