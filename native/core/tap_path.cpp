#include "core/tap_path.h"

#include <charconv>
#include <string_view>

#include "core/error.h"

namespace potstill {
namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& what) {
  throw Error(Code::Tap, "the tap \"" + text + "\": " + what);
}

int64_t number(const std::string& text, std::string_view digits, const char* what) {
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc() || end != digits.data() + digits.size() || digits.empty())
    refuse(text, std::string(what) + ", not \"" + std::string(digits) + "\"");
  return value;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (size_t start = 0;;) {
    const size_t dot = text.find('.', start);
    parts.push_back(text.substr(start, dot - start));
    if (dot == std::string_view::npos) return parts;
    start = dot + 1;
  }
}

bool segment_matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') {
    for (size_t skip = 0; skip <= name.size(); ++skip)
      if (segment_matches(pattern.substr(1), name.substr(skip))) return true;
    return false;
  }
  return !name.empty() && pattern[0] == name[0] &&
         segment_matches(pattern.substr(1), name.substr(1));
}

using Parts = std::vector<std::string_view>;

bool parts_match(const Parts& pattern, size_t p, const Parts& path, size_t at) {
  if (p == pattern.size()) return at == path.size();
  if (pattern[p] == "**") {
    for (size_t next = at; next <= path.size(); ++next)
      if (parts_match(pattern, p + 1, path, next)) return true;
    return false;
  }
  return at < path.size() && segment_matches(pattern[p], path[at]) &&
         parts_match(pattern, p + 1, path, at + 1);
}

}  // namespace

TapPath TapPath::parse(const std::string& text) {
  TapPath result;
  result.text = text;
  std::string_view rest = text;
  if (const size_t hash = rest.rfind('#'); hash != std::string_view::npos) {
    const std::string_view call = rest.substr(hash + 1);
    if (call == "*")
      result.every_call = true;
    else
      result.call = number(text, call, "after # stands the number of a call (#0, #-1), or #*");
    rest = rest.substr(0, hash);
  }
  if (const size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    const std::string_view suffix = rest.substr(colon + 1);
    const Parts parts = split(suffix);
    const std::string_view side = parts.empty() ? "" : parts[0];
    if (side == "input")
      result.side = Side::Input;
    else if (side != "output")
      refuse(text, "after the colon stands input or output, such as :input.1, not \"" +
                       std::string(suffix) + "\"");
    for (size_t i = 1; i < parts.size(); ++i) {
      result.element.push_back(number(text, parts[i], "elements have numbers"));
      if (result.element.back() < 0) refuse(text, "elements are counted from 0");
    }
    rest = rest.substr(0, colon);
  }
  result.module = std::string(rest);
  return result;
}

std::vector<std::string> TapPath::covered(const std::vector<std::string>& modules) const {
  std::vector<std::string> result;
  for (const auto& each : modules)
    if (!each.empty() && parts_match(split(module), 0, split(each), 0)) result.push_back(each);
  return result;
}

TapPath TapPath::on(const std::string& path) const {
  TapPath result = *this;
  result.module = path;
  result.text = path + text.substr(module.size());
  return result;
}

}  // namespace potstill
