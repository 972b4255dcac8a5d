#include "faults/fault.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace faults {
namespace {

TEST(FaultText, TheExamplesOfTheDocumentationRoundTrip) {
  for (const char* text : {
           "kill worker:1 at=claim.committed nth=1",
           "pause watcher:1 at=poll.checked nth=3 for_ms=500",
           "io_error writer:* at=vfs.sync.wal nth=2 error=EIO once",
           "drop_events watcher:1 at=inotify.read p=0.2",
           "swap db by=rename_over keep=wal,shm",
           "swap db by=copy_over counter=same",
           "poke db offset=100 bytes=00fF",
           "link db as=hard",
           "power_loss db at=vfs.sync.wal nth=2 keep=prefix",
           "clock_step * by_s=31",
           "clock_step * by_s=-31",
           "gate writer:1 at=vfs.sync.wal dir=\"/tmp/with blank\" when=after always",
       }) {
    const auto fault = ParseFault(text);
    ASSERT_TRUE(fault.ok()) << text << ": " << fault.Message();
    EXPECT_EQ(fault.value().Text(), text);
  }
}

TEST(FaultText, FieldsAreWhatWasWritten) {
  const auto fault =
      ParseFault("  io_error\twriter:2  at=vfs.write.db error=ENOSPC nth=7  always ");
  ASSERT_TRUE(fault.ok()) << fault.Message();
  EXPECT_EQ(fault.value().kind, "io_error");
  EXPECT_EQ(fault.value().target, "writer:2");
  EXPECT_EQ(fault.value().Get("at"), "vfs.write.db");
  EXPECT_EQ(fault.value().GetInt("nth", 1), 7);
  EXPECT_EQ(fault.value().GetInt("bytes", -1), -1);
  EXPECT_EQ(fault.value().Get("path", "*"), "*");
  EXPECT_EQ(fault.value().lasting, Lasting::kAlways);
}

TEST(FaultText, QuotedValues) {
  const auto fault = ParseFault("gate w dir=\"a \\\"b\\\" \\\\ \\n\\t\\x00\\xfF;=\" name=\"\"");
  ASSERT_TRUE(fault.ok()) << fault.Message();
  EXPECT_EQ(fault.value().Get("dir"), std::string("a \"b\" \\ \n\t\0\xff;=", 14));
  EXPECT_TRUE(fault.value().Has("name"));
  EXPECT_EQ(fault.value().Get("name", "fallback"), "");
}

struct Bad {
  const char* text;
  const char* message;
};

TEST(FaultText, ErrorsNameTheColumnAndTheNearestWord) {
  for (const auto& [text, message] : {
           Bad{"", "column 1: a fault kind must stand here"},
           Bad{"kil worker:1", "column 1: there is no fault kind 'kil' (nearest: 'kill')"},
           Bad{"  io-error w", "column 3: there is no fault kind 'io-error' (nearest: 'io_error')"},
           Bad{"kill",
               "column 5: after the kind a target must stand here, such as worker:1, db or *"},
           Bad{"kill nth=2",
               "column 6: after the kind a target must stand here, such as worker:1, db or *"},
           Bad{"kill w nht=1", "column 8: 'kill' has no key 'nht' (nearest: 'nth')"},
           Bad{"touch db to=1", "column 10: 'touch' has no key 'to'"},
           Bad{"kill w nth=1 nth=2", "column 14: 'nth' is there twice"},
           Bad{"kill w nth=0", "column 12: 'nth' takes a whole number from 1, not '0'"},
           Bad{"kill w nth=99999999999999999999",
               "column 12: 'nth' takes a whole number from 1, not '99999999999999999999'"},
           Bad{"kill w nth=", "column 12: a value must stand here; an empty one is written \"\""},
           Bad{"kill w p=1.5", "column 10: 'p' takes a number from 0 to 1, not '1.5'"},
           Bad{"kill w when=befor",
               "column 13: 'when' takes one of before, after, not 'befor' (nearest: 'before')"},
           Bad{"swap db keep=wal,wal",
               "column 14: 'keep' takes some of wal, shm, journal, each once, or none, not "
               "'wal,wal'"},
           Bad{"swap db keep=wal,",
               "column 14: 'keep' takes some of wal, shm, journal, each once, or none, not 'wal,'"},
           Bad{"power_loss db keep=wal",
               "column 20: 'keep' takes one of prefix, subset, torn, not 'wal' (nearest: 'torn')"},
           Bad{"io_error w error=EOI once",
               "column 18: 'error' takes a name of errno such as EIO, not 'EOI'"},
           Bad{"io_error w at=x", "column 16: 'io_error' must end in once or always"},
           Bad{"io_error w once at=x", "column 17: once or always must be the last word"},
           Bad{"kill w once always", "column 13: once or always must be the last word"},
           Bad{"kill w sometimes", "column 8: 'sometimes' is neither key=value nor once or always"},
           Bad{"gate w dir=\"x", "column 12: this quote is never closed"},
           Bad{"gate w dir=\"\\q\"", "column 13: an escape is one of \\\" \\\\ \\n \\t \\xHH"},
           Bad{"gate w dir=\"\\x4\"", "column 13: \\x needs two hexadecimal digits"},
           Bad{"gate w dir=a\"b", "column 13: unexpected '\"'"},
           Bad{"poke db bytes=0g",
               "column 15: 'bytes' takes bytes as pairs of hexadecimal digits, not '0g'"},
           Bad{"poke db bytes=123",
               "column 15: 'bytes' takes bytes as pairs of hexadecimal digits, not '123'"},
           Bad{"kill w; kill w", "column 7: unexpected ';'"},
       }) {
    const auto fault = ParseFault(text);
    ASSERT_FALSE(fault.ok()) << text;
    EXPECT_EQ(fault.Message(), std::string("fault text: ") + message) << text;
  }
}

TEST(FaultText, ListsAreSeparatedBySemicolonsOrLines) {
  const auto faults = ParseFaults(" ; kill w;touch db\n\nswap db by=copy_over ;");
  ASSERT_TRUE(faults.ok()) << faults.Message();
  ASSERT_EQ(faults.value().size(), 3u);
  EXPECT_EQ(faults.value()[2].Get("by"), "copy_over");
  EXPECT_TRUE(ParseFaults("").value().empty());
  EXPECT_EQ(ParseFaults("kill w; tuch db").Message(),
            "fault text: column 9: there is no fault kind 'tuch' (nearest: 'touch')");
}

TEST(FaultText, EveryKeyOfEveryKindIsDescribed) {
  const auto& keys = AllFaultKeys();
  for (const auto& kind : AllFaultKinds()) {
    for (const auto key : kind.keys) {
      const auto described = [&](const FaultKey& k) {
        return k.name == key && (k.only_kind.empty() || k.only_kind == kind.name);
      };
      EXPECT_TRUE(std::any_of(keys.begin(), keys.end(), described)) << kind.name << " " << key;
    }
  }
}

TEST(FaultText, EveryDescribedKeyIsOfSomeKind) {
  for (const auto& key : AllFaultKeys()) {
    const auto has = [&](const FaultKind& kind) {
      return std::find(kind.keys.begin(), kind.keys.end(), key.name) != kind.keys.end();
    };
    EXPECT_TRUE(std::any_of(AllFaultKinds().begin(), AllFaultKinds().end(), has)) << key.name;
  }
}

TEST(NearestWord, SmallestDistanceWins) {
  EXPECT_EQ(Nearest("rename-over", {"copy_over", "rename_over", "rename_directory"}),
            "rename_over");
  EXPECT_EQ(Nearest("", {"abc", "a"}), "a");
  EXPECT_EQ(Nearest("x", {}), "");
}

}  // namespace
}  // namespace faults
