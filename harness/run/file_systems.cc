#include "harness/run/file_systems.h"

#include <filesystem>
#include <set>

#include "faults/fs/file_systems.h"
#include "faults/fs/private_mounts.h"

namespace harness {
namespace {

// The faults of cards are text forms: what they do to mounts is known from their first word.
bool Mounts(const Card& card) {
  for (std::string_view text : card.faults) {
    const auto fault = faults::ParseFault(text);
    if (fault.ok() && faults::IsMountFault(fault.value())) return true;
  }
  return false;
}

// What a reader of a report needs of an error: what is lacking.
std::string Lacking(const faults::Error& error) {
  return error.extra.starts_with("needs ") ? error.extra : error.Message();
}

void Guard(Guardian& guardian, const faults::Mounted& mounted, bool on) {
  for (const pid_t pid : mounted.Daemons()) on ? guardian.AddGroup(pid) : guardian.DropGroup(pid);
}

}  // namespace

void FileSystems::Prepare(const std::vector<Cell>& cells, const std::string& scratch,
                          const std::string& ledger_path) {
  std::set<std::string> names;
  bool mounts = false;
  for (const Cell& cell : cells) {
    mounts |= Mounts(*cell.card);
    if (const std::string& name = cell.Get(kFileSystemAxis); !name.empty()) names.insert(name);
  }
  if (names.empty() && !mounts) return;
  const faults::Status entered = faults::EnterPrivateMounts();
  lacks_ = entered.ok() ? "" : Lacking(entered.error());
  for (const std::string& name : names) {
    Place& place = places_[name];
    place.lacks = lacks_;
    if (!entered.ok()) continue;
    place.folder = scratch + "/fs-" + name;
    if (name == "two_mounts") place.second = place.folder + "-second";
    auto ledger = faults::Ledger::Open(ledger_path);
    const auto fault = faults::ParseFault("mount db fs=" + name);
    if (!ledger.ok() || !fault.ok()) {
      place.lacks = ledger.ok() ? fault.Message() : ledger.Message();
      continue;
    }
    auto mounted = faults::Mount(fault.value(),
                                 {.folder = place.folder,
                                  .store = place.folder + "-store",
                                  .second = place.second,
                                  .lower = ""},
                                 ledger.value());
    if (!mounted.ok()) {
      place.lacks = Lacking(mounted.error());
      continue;
    }
    Guard(guardian_, mounted.value(), true);
    mounted_.push_back(std::move(mounted).value());
  }
}

void FileSystems::End() {
  for (; !mounted_.empty(); mounted_.pop_back()) Guard(guardian_, mounted_.back(), false);
  std::error_code ignored;
  for (const auto& [name, place] : places_) {
    if (place.folder.empty()) continue;
    for (const char* suffix : {"", "-store", "-second"})
      std::filesystem::remove_all(place.folder + suffix, ignored);
  }
}

const FileSystems::Place* FileSystems::Of(const Cell& cell) const {
  const auto found = places_.find(cell.Get(kFileSystemAxis));
  return found == places_.end() ? nullptr : &found->second;
}

Value FileSystems::Json() const {
  Value json = Value::MakeObject();
  for (const auto& [name, place] : places_) {
    const faults::FileSystemKind* kind = faults::FindFileSystem(name);
    json.Set(name, place.lacks.empty() ? std::string(kind ? kind->summary : "") : place.lacks);
  }
  return json;
}

CellMounts::~CellMounts() {
  std::error_code ignored;
  const bool made = any();
  for (; !mounted_.empty(); mounted_.pop_back()) Guard(guardian_, mounted_.back(), false);
  if (!made) return;
  std::filesystem::remove_all(folder_ + ".store", ignored);
  std::filesystem::remove_all(Second(), ignored);
}

bool CellMounts::IsInUpperLayer(const std::string& name) const {
  return std::filesystem::exists(folder_ + ".store/layers/upper/" + name);
}

std::string CellMounts::Lacks() const {
  return file_systems_ ? file_systems_->lacks() : "this run has no private mounts";
}

faults::Status CellMounts::Apply(const std::string& text, const std::string& lower) {
  const auto fault = faults::ParseFault(text);
  if (!fault.ok()) return fault.error();
  auto ledger = faults::Ledger::Open(ledger_);
  if (!ledger.ok()) return ledger.error();
  if (fault.value().kind != "mount")
    return faults::ApplyMountFault(fault.value(), folder_, ledger.value());
  auto mounted = faults::Mount(
      fault.value(),
      {.folder = folder_, .store = folder_ + ".store", .second = Second(), .lower = lower},
      ledger.value());
  if (!mounted.ok()) return mounted.error();
  Guard(guardian_, mounted.value(), true);
  mounted_.push_back(std::move(mounted).value());
  return {};
}

}  // namespace harness
