#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace potstill {

// Where a tap sits, as people write it:
//
//   layer3.1.conv2     what the module's last call returned; of a tuple the first tensor
//   path:output.1      an element of the returned tuple; `.0.1` goes into nested ones
//   path:input         the first tensor that the module is called with
//   path:input.1       the second (`.1.0`: an element of a tuple there)
//   path#0, path#-1    of the first, of the last call in a forward; path#* of all
//   "" and ":input"    the model's own output and input
//
// In a pattern `*` stands for anything within a segment, `**` for any number of segments.
struct TapPath {
  enum class Side { Output, Input };

  std::string text;
  std::string module;
  Side side = Side::Output;
  std::vector<int64_t> element;
  bool every_call = false;
  int64_t call = -1;

  // Error(Tap) where the text is no such path.
  static TapPath parse(const std::string& text);

  bool is_pattern() const { return module.find('*') != std::string::npos; }
  // Those of these modules that the pattern covers; never the model itself.
  std::vector<std::string> covered(const std::vector<std::string>& modules) const;
  // The same tap on another module.
  TapPath on(const std::string& path) const;
};

}  // namespace potstill
