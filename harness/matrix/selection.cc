#include "harness/matrix/selection.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "faults/fs/file_systems.h"

namespace harness {
namespace {

// The axis that --fs gives to every card that has none of its own: a run elsewhere is another cell.
constexpr const char* kFileSystem = "fs";

bool FilterMatches(const Card& card, const std::string& filter) {
  if (card.name == filter) return true;
  const std::string group = filter.ends_with("/*") ? filter.substr(0, filter.size() - 2) : filter;
  if (card.name.starts_with(group + "/")) return true;
  return std::ranges::find(card.claims, filter) != card.claims.end();
}

size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

Error Unknown(const std::string& what, const std::string& word,
              const std::vector<std::string>& candidates) {
  const std::string near = Nearest(word, candidates);
  return Error{"there is no " + what + " \"" + word + "\"" +
               (near.empty() ? "" : "; the nearest is \"" + near + "\"")};
}

Status CheckNames(const std::vector<const Card*>& cards, const Selection& selection) {
  std::vector<std::string> names;
  std::map<std::string, std::set<std::string>> values;
  std::set<std::string> open;
  for (const Card* card : cards) {
    names.emplace_back(card->name);
    names.emplace_back(card->name.substr(0, card->name.find('/')));
    for (std::string_view claim : card->claims) names.emplace_back(claim);
    for (const Axis& axis : card->axes) {
      const std::vector<std::string> all = axis.All();
      values[axis.name].insert(all.begin(), all.end());
      if (axis.open) open.insert(axis.name);
    }
  }
  values["backend"].insert(selection.more_backends.begin(), selection.more_backends.end());
  for (std::string_view name : faults::FileSystemNames()) values[kFileSystem].emplace(name);
  for (const std::string& filter : selection.filters) {
    if (std::ranges::none_of(cards,
                             [&](const Card* card) { return FilterMatches(*card, filter); })) {
      return Unknown("scenario, group or claim", filter, names);
    }
  }
  std::vector<std::string> axis_names;
  for (const auto& [name, unused] : values) axis_names.push_back(name);
  for (const auto& [axis, wanted] : selection.axes) {
    if (!values.contains(axis)) return Unknown("axis", axis, axis_names);
    if (open.contains(axis)) continue;
    for (const std::string& value : wanted) {
      if (!values[axis].contains(value)) {
        return Unknown("value of axis " + axis, value, {values[axis].begin(), values[axis].end()});
      }
    }
  }
  return Ok();
}

std::vector<std::string> ValuesOf(const Axis& axis, const Selection& selection) {
  const auto wanted = selection.axes.find(axis.name);
  const bool asked = wanted != selection.axes.end();
  std::vector<std::string> all = asked || selection.full ? axis.All() : axis.values;
  // A card that picks among the backends does so for a reason.
  if (axis.name == "backend" && all.size() >= 3) {
    for (const std::string& more : selection.more_backends) {
      if (std::ranges::find(all, more) == all.end()) all.push_back(more);
    }
  }
  if (axis.name == "backend" && !asked) {
    std::erase_if(all, [&](const std::string& value) {
      return value != "none" && !IsDocumentedBackend(value) &&
             std::ranges::find(selection.more_backends, value) == selection.more_backends.end();
    });
  }
  if (!asked) return selection.quick && !axis.quick.empty() ? axis.quick : all;
  if (axis.open) return wanted->second;
  std::erase_if(all, [&](const std::string& value) {
    return std::ranges::find(wanted->second, value) == wanted->second.end();
  });
  return all;
}

// Those of the card; and the file system, where one was asked for.
std::vector<Axis> AxesOf(const Card& card, const Selection& selection) {
  std::vector<Axis> axes = card.axes;
  const auto asked = selection.axes.find(kFileSystem);
  if (asked != selection.axes.end() &&
      std::ranges::find(axes, kFileSystem, &Axis::name) == axes.end())
    axes.push_back({kFileSystem, asked->second});
  return axes;
}

}  // namespace

Result<std::vector<Cell>> Select(const std::vector<const Card*>& cards,
                                 const Selection& selection) {
  if (Status s = CheckNames(cards, selection); !s.ok()) return Error{s.error()};
  std::vector<Cell> all;
  for (const Card* card : cards) {
    const bool wanted = selection.filters.empty() ||
                        std::ranges::any_of(selection.filters, [&](const std::string& f) {
                          return FilterMatches(*card, f);
                        });
    if (!wanted) continue;
    // A card that lacks an axis that was asked for does not vary along it: it runs as it is.
    std::vector<Cell> cells{Cell{card, {}, selection.sqlite_version, selection.seed}};
    for (const Axis& axis : AxesOf(*card, selection)) {
      std::vector<Cell> wider;
      for (const Cell& cell : cells) {
        for (const std::string& value : ValuesOf(axis, selection)) {
          wider.push_back(cell);
          wider.back().axes.emplace_back(axis.name, value);
        }
      }
      cells = std::move(wider);
    }
    for (int i = 0; i < selection.repeat; ++i) {
      for (Cell cell : cells) {
        cell.seed = selection.seed + static_cast<uint64_t>(i);
        all.push_back(std::move(cell));
      }
    }
  }
  std::vector<Cell> shard;
  for (size_t i = 0; i < all.size(); ++i) {
    if (static_cast<int>(i % static_cast<size_t>(selection.shards)) == selection.shard - 1)
      shard.push_back(std::move(all[i]));
  }
  return shard;
}

std::string Nearest(const std::string& word, const std::vector<std::string>& candidates) {
  const auto it = std::ranges::min_element(
      candidates, {}, [&](const std::string& c) { return EditDistance(word, c); });
  return it == candidates.end() ? "" : *it;
}

}  // namespace harness
