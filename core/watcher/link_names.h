// The names by which subscribers opened a database, where a symbolic link is on the way.
//
// A watcher watches the file that a link led to. When the link is pointed at another database (a
// deployment's "current" is), that file stays as it is; but whoever asked for the link now listens
// to a database that nobody else opens by this name. So each such name is looked at like the file
// itself, and when it leads elsewhere, or nowhere, its subscribers are told that their watcher is
// dead. The others listen on.
#ifndef CORE_WATCHER_LINK_NAMES_H_
#define CORE_WATCHER_LINK_NAMES_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/watcher/file_identity.h"
#include "core/watcher/subscriber.h"

namespace honker {

// Any thread may call anything.
class LinkNames {
 public:
  // `name` is absolute, and not the resolved path. It is known until its last subscriber is
  // removed, dead or alive.
  void Add(const std::string& name, const std::shared_ptr<Subscriber>& subscriber);
  // One that was never added is ignored.
  void Remove(const std::shared_ptr<Subscriber>& subscriber);

  // What the name died of; empty while it lives, or is not known.
  std::string Death(const std::string& name);

  // Looks at each name that lives; one that leads to another file than `expected` ends its
  // subscribers. A missing one is given a second look. The sentences are to be said by the caller.
  std::vector<std::string> Look(const FileIdentity& expected);

 private:
  struct Name {
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    int missing = 0;    // looks in a row that found nothing
    std::string death;  // the sentence; empty while it leads to the file
  };
  std::mutex mutex_;  // guards the map; not held while the file system is asked
  std::map<std::string, Name> names_;
};

// "expected (dev=1, ino=2), found (dev=1, ino=3) at "PATH". The watcher cannot recover; ...".
std::string ReplacedSentence(const FileIdentity& expected, const FileSight& found,
                             const std::string& path);

}  // namespace honker

#endif  // CORE_WATCHER_LINK_NAMES_H_
