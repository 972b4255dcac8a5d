#include "harness/report/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

TEST(Progress, APlaceThatRunsTwiceIsShownUntilBothAreOver) {
  Card card;
  card.name = "wake/repeated";
  const Cell first{&card, {}, "", 1};
  const Cell second{&card, {}, "", 2};
  Progress progress(2, true);
  progress.Began(first);
  progress.Began(second);
  testing::internal::CaptureStderr();
  progress.Ended({.cell = first, .verdict = CellVerdict::kKept, .as_expected = true});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("wake/repeated"));
  testing::internal::CaptureStderr();
  progress.Ended({.cell = second, .verdict = CellVerdict::kKept, .as_expected = true});
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::Not(testing::HasSubstr("wake/repeated")));
}

}  // namespace
}  // namespace harness
