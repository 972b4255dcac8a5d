// What stands in the book after each kind of call, as SQLite makes them and as nobody should.
#include "faults/locks/bookkeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "faults/locks/kernel_locks.h"

namespace faults::locks {
namespace {

constexpr uint64_t kSqlite = 0x1000;
constexpr uint64_t kOther = 0x2000;

class Book : public testing::Test {
 protected:
  // "w100..109 r110..119" in the order of bytes, those that are lost left out.
  std::string Text() const {
    std::vector<BookLock> held = books_.Held(file_);
    std::ranges::sort(held, {}, &BookLock::start);
    std::string text;
    for (const BookLock& lock : held) {
      text += (text.empty() ? "" : " ") + std::string(lock.write ? "w" : "r") +
              std::to_string(lock.start) + ".." + std::to_string(lock.end);
    }
    return text;
  }
  BookPage page_;
  Bookkeeper books_{page_};
  int file_ = books_.Enter(1, 2, "/x/app.db");
};

TEST_F(Book, ALockIsTakenWeakenedAndGivenUp) {
  books_.Grant(file_, kSqlite, 3, {100, 119}, false);
  EXPECT_EQ(Text(), "r100..119");
  EXPECT_EQ(books_.Find(1, 2), file_);
  books_.Grant(file_, kSqlite, 3, {100, 119}, true);
  EXPECT_EQ(Text(), "w100..119");
  books_.Weaken(file_, kSqlite, {100, 119}, true);
  EXPECT_EQ(Text(), "r100..119");
  books_.Weaken(file_, kSqlite, {100, 119}, false);
  EXPECT_EQ(Text(), "");
  EXPECT_EQ(books_.Find(1, 2), -1);
}

TEST_F(Book, APartOfALockIsGivenUp) {
  books_.Grant(file_, kSqlite, 3, {100, 119}, true);
  books_.Weaken(file_, kSqlite, {105, 109}, false);
  EXPECT_EQ(Text(), "w100..104 w110..119");
  books_.Weaken(file_, kSqlite, {112, INT64_MAX}, true);
  EXPECT_EQ(Text(), "w100..104 w110..111 r112..119");
}

TEST_F(Book, AReadLockIsNotWeakenedByARequestForOne) {
  books_.Grant(file_, kSqlite, 3, {100, 119}, false);
  const uint64_t serial = books_.Held(file_)[0].serial;
  books_.Weaken(file_, kSqlite, {100, 119}, true);
  EXPECT_EQ(Text(), "r100..119");
  EXPECT_EQ(books_.Held(file_)[0].serial, serial);
}

TEST_F(Book, WhoClosesHisOwnDescriptorGivesUpWhatHeTookThroughIt) {
  books_.Grant(file_, kSqlite, 3, {100, 100}, false);
  books_.Grant(file_, kSqlite, 4, {200, 200}, false);
  books_.GiveUp(file_, kOther, 3);
  EXPECT_EQ(Text(), "r100..100 r200..200") << "another library's close gives up nothing";
  books_.GiveUp(file_, kSqlite, 3);
  EXPECT_EQ(Text(), "r200..200");
}

TEST_F(Book, OneLibraryKnowsNothingOfTheOthersLocks) {
  books_.Grant(file_, kSqlite, 3, {100, 119}, true);
  EXPECT_THAT(books_.OthersStronger(file_, kSqlite, {100, 119}, false), testing::IsEmpty());
  EXPECT_EQ(books_.OthersStronger(file_, kOther, {119, 300}, true).size(), 1U);
  EXPECT_THAT(books_.OthersStronger(file_, kOther, {120, 300}, false), testing::IsEmpty());
  books_.Weaken(file_, kOther, {100, 119}, false);
  EXPECT_EQ(Text(), "w100..119");
}

TEST_F(Book, WhatIsLostIsBelievedInUntilItIsGivenUpAndToldOnce) {
  books_.Grant(file_, kSqlite, 3, {100, 119}, true);
  books_.MarkLost(books_.Held(file_));
  EXPECT_EQ(Text(), "");
  EXPECT_EQ(books_.Find(1, 2), file_);
  books_.Weaken(file_, kSqlite, {100, 119}, false);
  EXPECT_EQ(books_.Find(1, 2), -1);
}

TEST_F(Book, WhatHasNoPlaceIsCounted) {
  for (size_t i = 0; i <= kBookLocks; ++i)
    books_.Grant(file_, kSqlite, 3, {static_cast<int64_t>(i), static_cast<int64_t>(i)}, false);
  EXPECT_EQ(page_.left_out, 1);
  books_.GiveUp(file_, kSqlite, 3);
  EXPECT_EQ(Text(), "");
  EXPECT_EQ(books_.Find(1, 2), -1);
}

TEST_F(Book, AFileWithoutLocksGivesItsPlaceToAnother) {
  for (uint64_t ino = 10; ino < 200; ++ino) {
    const int file = books_.Enter(1, ino, "/x/" + std::to_string(ino));
    ASSERT_GE(file, 0);
    books_.Grant(file, kSqlite, 3, {1, 1}, true);
    books_.Weaken(file, kSqlite, {1, 1}, false);
  }
  EXPECT_EQ(page_.left_out, 0);
}

TEST(KernelLocks, SeveralLocksMayCoverTheBytes) {
  const std::vector<KernelLock> shown = {{7, 1, true, 110, 119},
                                         {7, 1, false, 100, 109},
                                         {8, 1, true, 120, 129},
                                         {7, 2, true, 120, 129}};
  EXPECT_TRUE(Covers(shown, {7, 1, false, 100, 119}));
  EXPECT_FALSE(Covers(shown, {7, 1, true, 100, 119})) << "a part is a read lock";
  EXPECT_FALSE(Covers(shown, {7, 1, false, 100, 120})) << "byte 120 is another's, another file's";
  EXPECT_FALSE(Covers(shown, {7, 1, false, 99, 119}));
  EXPECT_FALSE(Covers({}, {7, 1, false, 100, 100}));
}

}  // namespace
}  // namespace faults::locks
