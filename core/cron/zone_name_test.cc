#include "core/cron/zone_name.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

namespace honker {
namespace {

std::string NameIn(const char* zone) {
  setenv("TZ", zone, 1);
  tzset();
  return LocalZoneName();
}

TEST(ZoneName, SaysWhatTheClockDoes) {
  EXPECT_EQ(NameIn("Europe/Berlin"),
            "UTC+01:00 until 2024-03-31 01:00, UTC+02:00 until 2024-10-27 01:00, UTC+01:00");
  EXPECT_EQ(NameIn("Australia/Sydney"),
            "UTC+11:00 until 2024-04-06 16:00, UTC+10:00 until 2024-10-05 16:00, UTC+11:00");
  EXPECT_EQ(NameIn("America/St_Johns").substr(0, 32), "UTC-03:30 until 2024-03-10 05:30");
  EXPECT_EQ(NameIn("Asia/Kathmandu"), "UTC+05:45");
  EXPECT_EQ(NameIn("XXX-0:00:30"), "UTC+00:00:30");
}

TEST(ZoneName, IsOneForAllNamesOfAZone) {
  for (const char* zone : {"UTC", "Etc/UTC", "GMT", "", "No/Such_Zone"}) {
    EXPECT_EQ(NameIn(zone), "UTC+00:00") << zone;
  }
  EXPECT_EQ(NameIn("Asia/Calcutta"), NameIn("Asia/Kolkata"));
  EXPECT_EQ(NameIn("CET-1CEST,M3.5.0,M10.5.0/3"), NameIn("Europe/Berlin"));
  EXPECT_NE(NameIn("America/New_York"), NameIn("America/Chicago"));
}

}  // namespace
}  // namespace honker
