#include "core/watcher/link_names.h"

#include <algorithm>

namespace honker {
namespace {

constexpr int kMissesBeforeDeath = 2;

}  // namespace

std::string ReplacedSentence(const FileIdentity& expected, const FileSight& found,
                             const std::string& path) {
  const bool gone = found.kind == FileSight::kGone;
  return std::string("honker: database file ") + (gone ? "is gone" : "replaced") + ": expected (" +
         expected.Text() + "), found " + (gone ? "nothing" : "(" + found.identity.Text() + ")") +
         " at \"" + path +
         "\". The watcher cannot recover; close the Database and reopen with honker.open().";
}

void LinkNames::Add(const std::string& name, const std::shared_ptr<Subscriber>& subscriber) {
  const std::lock_guard<std::mutex> lock(mutex_);
  names_[name].subscribers.push_back(subscriber);
}

void LinkNames::Remove(const std::shared_ptr<Subscriber>& subscriber) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto it = names_.begin(); it != names_.end();) {
    std::erase(it->second.subscribers, subscriber);
    it = it->second.subscribers.empty() ? names_.erase(it) : std::next(it);
  }
}

std::string LinkNames::Death(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = names_.find(name);
  return it == names_.end() ? "" : it->second.death;
}

std::vector<std::string> LinkNames::Look(const FileIdentity& expected) {
  std::vector<std::string> living;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [name, state] : names_) {
      if (state.death.empty()) living.push_back(name);
    }
  }
  std::vector<std::string> sentences;
  for (const std::string& name : living) {
    const FileSight sight = See(name);
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto it = names_.find(name);
    if (it == names_.end() || sight.kind == FileSight::kUnreadable) continue;
    Name& state = it->second;
    const bool gone = sight.kind == FileSight::kGone;
    state.missing = gone ? state.missing + 1 : 0;
    if (gone ? state.missing < kMissesBeforeDeath : sight.identity == expected) continue;
    state.death = ReplacedSentence(expected, sight, name);
    for (const auto& subscriber : state.subscribers) subscriber->End();
    sentences.push_back(state.death);
  }
  return sentences;
}

}  // namespace honker
