#include "scenarios/open/racers.h"

namespace scenarios::open {

void OpenAtOnce(Stage& stage, Actor& maker, int count, const Value& arguments) {
  maker.Do("exec", Value::MakeObject({{"sql", "BEGIN EXCLUSIVE"}}));
  std::vector<Actor*> openers;
  for (int i = 1; i <= count; ++i) openers.push_back(&stage.Start("opener:" + std::to_string(i)));
  std::vector<int64_t> calls;
  for (Actor* opener : openers) calls.push_back(opener->Begin("open_queue", arguments));
  for (Actor* opener : openers) stage.AwaitBegun(*opener, "open_queue");
  maker.Do("exec", Value::MakeObject({{"sql", "COMMIT"}}));
  for (size_t i = 0; i < openers.size(); ++i) openers[i]->End(calls[i]);
}

}  // namespace scenarios::open
