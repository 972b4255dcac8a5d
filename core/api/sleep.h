// A sleep that a stop token ends.
#ifndef CORE_API_SLEEP_H_
#define CORE_API_SLEEP_H_

#include <stop_token>

#include "core/api/deadline.h"

namespace honker::api {

// Returns at `deadline`, or as soon as `stop` is requested.
void SleepUntil(Clock::time_point deadline, const std::stop_token& stop);

}  // namespace honker::api

#endif  // CORE_API_SLEEP_H_
