#include "core/nearest.h"

#include <algorithm>
#include <numeric>

namespace potstill {
namespace {

// Levenshtein's distance: insertions, deletions and replacements.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest_names(const std::string& name,
                                       const std::vector<std::string>& names, size_t count) {
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const auto& each : names) ranked.emplace_back(distance(name, each), each);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  ranked.resize(std::min(count, ranked.size()));
  std::vector<std::string> result;
  for (auto& each : ranked) result.push_back(std::move(each.second));
  return result;
}

std::string nearest(const std::string& name, const std::vector<std::string>& names, size_t count) {
  std::string text;
  for (const auto& each : nearest_names(name, names, count))
    text += (text.empty() ? "\"" : ", \"") + each + "\"";
  return text;
}

}  // namespace potstill
