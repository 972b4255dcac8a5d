// At most so many calls in a window of time, over all processes of a database.
//
//   RateLimit mails(db, "mails", 100, 60s);
//   if (mails.Try().value()) SendOne();
//
// Windows are fixed: they begin at multiples of their length since 1970. Only granted calls count.
#ifndef HONKER_RATE_LIMIT_H_
#define HONKER_RATE_LIMIT_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "honker/database.h"
#include "honker/result.h"

namespace honker {

class RateLimit {
 public:
  // `limit` calls each `per`, both greater than 0. Nothing is read or written.
  RateLimit(const Database& db, std::string name, int64_t limit, std::chrono::seconds per)
      : session_(db.session()), name_(std::move(name)), limit_(limit), per_(per) {}

  // True: granted, and counted.
  Result<bool> Try();

  // Waits for the windows to come until it is granted. False: not within `timeout`, or `stop` was
  // requested. Beyond that it may take as long as the busy timeout.
  Result<bool> Take(std::chrono::milliseconds timeout, const std::stop_token& stop = {});

  // Removes windows that ended so long ago, of all limits of the database; how many. Windows that
  // are active stay.
  static Result<int64_t> Sweep(const Database& db, std::chrono::seconds older_than);

 private:
  std::shared_ptr<api::Session> session_;
  std::string name_;
  int64_t limit_;
  std::chrono::seconds per_;
};

}  // namespace honker

#endif  // HONKER_RATE_LIMIT_H_
