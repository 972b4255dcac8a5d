// NOTIFY-LISTEN: a listener gets each committed notification of its channel once, in order, from
// its subscription on, and none that rolled back, from any process.
//
// Judged is every listener, for as long as it listened. Due to it is each notification of its
// channel that was committed, begun after `listen` had returned and over before the listener ended.
// One that overlaps either end, or that is in doubt, may come or not. Order is that of cause: what
// was over before another began comes before it.
//
// Needs: `notify` with payloads that are all different, `listen`, `notified`; `await_notified` for
//   the last one: without it nothing says that a missing one is not still on its way.
// Params: `min_rolled_back` (0) and `min_judged` (1): so many notifications that were rolled back,
//   and listeners to which something was due, are part of the evidence.
// fail: given twice; out of order; another channel's; never sent; rolled back; over before the
//   listener asked; passed over (a later one was given), or missing where silence was proved.
// unknown: two payloads alike, one due neither given nor proved lost, less evidence than was asked
//   for.
// pass: otherwise.
// Figures: listeners, judged, due, given, rolled_back, earlier (over before a listener asked).
#ifndef HARNESS_ORACLE_NOTIFY_LISTEN_H_
#define HARNESS_ORACLE_NOTIFY_LISTEN_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckNotifyListen(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_NOTIFY_LISTEN_H_
