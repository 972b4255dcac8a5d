// The tree and the catalogue say the same: a scenario that is not registered, a claim that nobody
// wrote down, or a divergence about a cell that does not exist would each be a test that silently
// does nothing.
#include "scenarios/catalogue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "harness/matrix/selection.h"

namespace scenarios {
namespace {

namespace files = std::filesystem;

std::string Read(const files::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// "group/name" of every card that a file in the folders defines.
std::set<std::string> CardsInFolders(const files::path& root) {
  std::set<std::string> names;
  for (const auto& entry : files::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".cc" || entry.path().parent_path() == root ||
        entry.path().stem().string().ends_with("_test")) {
      continue;
    }
    const std::string text = Read(entry.path());
    const std::regex card(R"(\nconst Card (\w+)\{)");
    for (std::sregex_iterator it(text.begin(), text.end(), card), end; it != end; ++it) {
      EXPECT_EQ((*it)[1].str(), entry.path().stem().string()) << "a card has the name of its file";
      names.insert(entry.path().parent_path().filename().string() + "/" + (*it)[1].str());
    }
  }
  return names;
}

TEST(Catalogue, ListsEveryCardOfTheFolders) {
  std::set<std::string> listed;
  for (const harness::Card* card : TheCatalogue().cards) {
    EXPECT_TRUE(listed.insert(std::string(card->name)).second) << card->name << " is listed twice";
  }
  EXPECT_EQ(listed, CardsInFolders(SCENARIOS_FOLDER));
  EXPECT_GE(listed.size(), 20U);
}

TEST(Catalogue, CardsAreComplete) {
  for (const harness::Card* card : TheCatalogue().cards) {
    const harness::Status valid = harness::ValidateCard(*card);
    EXPECT_TRUE(valid.ok()) << (valid.ok() ? "" : valid.error());
  }
}

TEST(Catalogue, AnIncompleteCardIsRefused) {
  harness::Card card = *TheCatalogue().cards.front();
  card.limits = "";
  const harness::Status valid = harness::ValidateCard(card);
  ASSERT_FALSE(valid.ok());
  EXPECT_NE(valid.error().find("limits"), std::string::npos) << valid.error();
}

TEST(Catalogue, ContractsPageAndCardsAgreeBothWays) {
  std::set<std::string> cited;
  for (const harness::Card* card : TheCatalogue().cards) {
    for (std::string_view claim : card->claims) cited.insert(std::string(claim));
  }
  std::set<std::string> known;
  for (const harness::Claim& claim : TheCatalogue().claims) known.insert(std::string(claim.id));
  for (const std::string& claim : cited)
    EXPECT_TRUE(known.contains(claim)) << claim << " is in no line of claims.def";

  std::set<std::string> on_page;
  std::istringstream page(Read(DOCS_FOLDER "/contracts.md"));
  const std::regex row(R"(\| ([A-Z]+-[A-Z0-9-]+) \| (doc|must) \| (\w+) \|.*)");
  for (std::string line; std::getline(page, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    const std::string id = match[1];
    on_page.insert(id);
    EXPECT_EQ(match[3], cited.contains(id) ? "tried" : "planned") << id;
    const harness::Claim* claim = harness::FindClaim(TheCatalogue().claims, id);
    ASSERT_NE(claim, nullptr) << id;
    EXPECT_EQ(match[2], claim->kind == harness::ClaimKind::kDoc ? "doc" : "must") << id;
  }
  EXPECT_EQ(on_page, known);
}

TEST(Catalogue, DivergencesAreAboutCellsThatExist) {
  harness::Selection everything;
  everything.full = true;
  auto cells = harness::Select(TheCatalogue().cards, everything);
  ASSERT_TRUE(cells.ok());
  everything.filters = {"wake"};
  everything.axes["fs"] = {"two_mounts"};
  const auto elsewhere = harness::Select(TheCatalogue().cards, everything);
  ASSERT_TRUE(elsewhere.ok());
  cells.value().insert(cells.value().end(), elsewhere.value().begin(), elsewhere.value().end());
  for (const harness::Divergence& entry : TheCatalogue().divergences) {
    bool covers = false;
    for (const harness::Cell& cell : cells.value()) {
      if (!harness::Matches(entry.place, cell)) continue;
      for (const auto& oracle : cell.card->oracles) covers |= oracle.claim == entry.claim;
      covers |= entry.claim == "LOCKS-KEPT";  // judged in every cell, by no card
    }
    EXPECT_TRUE(covers) << entry.place << " " << entry.claim << " covers no cell";
    EXPECT_FALSE(entry.truth.empty() || entry.reason.empty()) << entry.place;
  }
}

TEST(Catalogue, WhatIsSometimesHasATwinThatIsAlways) {
  for (const harness::Divergence& entry : TheCatalogue().divergences) {
    if (entry.when != harness::When::kSometimes) continue;
    bool twin = false;
    for (const harness::Divergence& other : TheCatalogue().divergences) {
      twin |= other.when == harness::When::kAlways && other.reason == entry.reason;
    }
    EXPECT_TRUE(twin) << entry.place << ": no entry with the same reason is always so";
  }
}

}  // namespace
}  // namespace scenarios
