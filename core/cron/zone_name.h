// The local time zone of the process, as a text that is the same for all processes whose clocks
// agree.
//
// Names do not do: "UTC", "Etc/UTC" and an unset TZ are one zone, a TZ that is not installed is
// taken for UTC without a word, and /etc/localtime may be a file without a name. So the text is
// what the clock does: its offsets from UTC in the year 2024, and when they change. A year that is
// over: what an update of the time zone data brings for the next one makes no process a stranger to
// its own schedules.
//
// Not told apart: zones that agree all through 2024.
#ifndef CORE_CRON_ZONE_NAME_H_
#define CORE_CRON_ZONE_NAME_H_

#include <string>

namespace honker {

// "UTC+01:00 until 2024-03-31 01:00, UTC+02:00 until 2024-10-27 01:00, UTC+01:00", moments in UTC;
// "UTC+00:00" where nothing changes. Callable from any thread; follows tzset() within a second.
std::string LocalZoneName();

}  // namespace honker

#endif  // CORE_CRON_ZONE_NAME_H_
