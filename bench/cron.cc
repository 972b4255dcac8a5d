// What one question "when next?" costs: honker's cron through its interface, without SQL, in a zone
// without clock changes and in zones with them (Google Benchmark).
//
// Two ways of asking: `walk` follows a schedule from fire to fire over years, so that nothing that
// was found out about the zone serves twice; `again` asks at moments within one day over and over,
// as a scheduler does. `parse` is the expression's text. Moments end before 2038, where the C
// library begins to read the zone's rule anew for every question.
//
// Not covered: what SQLite's call of a function costs around it.
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <time.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "bench/support/program.h"
#include "core/cron/next_after.h"

namespace bench {
namespace {

constexpr char kHelp[] =
    R"(Usage: bench_cron [--benchmark_... option]...

Measures how long it takes to find the next moment of a schedule, in several time zones.

Google Benchmark's options, among them
  --benchmark_filter=REGEX  --benchmark_repetitions=N  --benchmark_out=FILE
  --benchmark_min_time=SECONDS  --benchmark_enable_random_interleaving=true

Examples:
  bench_cron
  bench_cron --benchmark_filter='again/.*/Europe/Berlin'

Exit codes: 0 done, 1 something failed, 64 usage.
)";

constexpr int64_t kBegin = 1'767'225'600;  // 2026-01-01 UTC
constexpr int64_t kEnd = 2'114'380'800;    // 2037-01-01 UTC

struct Named {
  const char* name;
  const char* expression;
};

constexpr Named kExpressions[] = {
    {"every_minute", "* * * * *"},
    {"every_5_minutes", "*/5 * * * *"},
    {"every_second", "* * * * * *"},
    {"nightly", "0 3 * * *"},
    {"office_hours", "*/15 9-17 * * 1-5"},
    {"monthly", "0 0 1 * *"},
    {"leap_day", "0 0 29 2 *"},
};

constexpr const char* kZones[] = {"UTC", "Asia/Kathmandu", "Europe/Berlin", "America/New_York"};

// The benchmarks run one after the other, in one thread.
void UseZone(const char* zone) {
  setenv("TZ", zone, 1);
  tzset();
}

honker::Expression Parsed(const char* text) {
  honker::Result<honker::Expression> parsed = honker::ParseExpression(text);
  if (!parsed.ok()) Fail(parsed.error().message);
  return std::move(parsed).value();
}

int64_t Next(const honker::Expression& expression, int64_t from) {
  const honker::Result<std::optional<int64_t>> next = honker::NextAfter(expression, from);
  if (!next.ok() || !next.value()) Fail("an expression of this program fires no more");
  return *next.value();
}

void Walk(benchmark::State& state, const char* text, const char* zone) {
  UseZone(zone);
  const honker::Expression expression = Parsed(text);
  int64_t at = kBegin;
  for (auto _ : state) {
    at = Next(expression, at);
    if (at >= kEnd) at = kBegin;
    benchmark::DoNotOptimize(at);
  }
  state.SetItemsProcessed(state.iterations());
}

void Again(benchmark::State& state, const char* text, const char* zone) {
  UseZone(zone);
  const honker::Expression expression = Parsed(text);
  int64_t second = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Next(expression, kBegin + second));
    second = (second + 6'151) % 86'400;
  }
  state.SetItemsProcessed(state.iterations());
}

void NoMatch(benchmark::State& state) {
  UseZone("Europe/Berlin");
  const honker::Expression expression = Parsed("0 0 30 2 *");
  for (auto _ : state) benchmark::DoNotOptimize(honker::NextAfter(expression, kBegin));
  state.SetItemsProcessed(state.iterations());
}

void Parse(benchmark::State& state, const char* text) {
  for (auto _ : state) benchmark::DoNotOptimize(honker::ParseExpression(text));
  state.SetItemsProcessed(state.iterations());
}

// What everything about local time is made of.
void LocaltimeR(benchmark::State& state, const char* zone) {
  UseZone(zone);
  time_t at = kBegin;
  for (auto _ : state) {
    tm fields;
    benchmark::DoNotOptimize(localtime_r(&at, &fields));
    at += 61;
  }
  state.SetItemsProcessed(state.iterations());
}

void RegisterAll() {
  using benchmark::RegisterBenchmark;
  for (const char* zone : kZones) {
    for (const Named& named : kExpressions) {
      const std::string rest = std::string("/") + named.name + "/" + zone;
      RegisterBenchmark(("again" + rest).c_str(), Again, named.expression, zone);
      RegisterBenchmark(("walk" + rest).c_str(), Walk, named.expression, zone);
    }
    RegisterBenchmark((std::string("bare/localtime_r/") + zone).c_str(), LocaltimeR, zone);
  }
  RegisterBenchmark("again/no_match/Europe/Berlin", NoMatch);
  for (const Named& named : kExpressions) {
    RegisterBenchmark((std::string("parse/") + named.name).c_str(), Parse, named.expression);
  }
}

int Main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "-h") == 0) {
      std::fputs(kHelp, stdout);
      return 0;
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return kExUsage;
  RegisterAll();
  const size_t ran = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return ran == 0 ? 1 : 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
