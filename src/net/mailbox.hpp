#pragma once

#include "base/unique_function.hpp"

#include <mutex>
#include <vector>

namespace cresset::net {

using task = base::unique_function<void()>;

class mailbox;

// Wake-ups that a loop's thread owes to the mailboxes that it has posted to. While one lives on a
// thread, posting there wakes nobody before pay: all that a turn posts to another loop is then one
// batch for it, whichever core it waits on. What other threads post there does not wait for this
// one: they wake the mailbox themselves.
class owed_wake_ups
{
public:
    owed_wake_ups() noexcept;
    ~owed_wake_ups();
    owed_wake_ups(const owed_wake_ups&) = delete;
    owed_wake_ups& operator=(const owed_wake_ups&) = delete;

    void pay() noexcept;

private:
    friend class mailbox;

    void owe(mailbox& to);

    std::vector<mailbox*> to_; // each once
};

// What other threads hand to a loop's thread: functions, in the order in which each thread posted
// them. Posting wakes the loop once a batch: who finds it not woken writes to the eventfd, or
// leaves that to the owed_wake_ups of its thread.
class mailbox
{
public:
    mailbox();
    ~mailbox();
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;

    // From any thread. Tasks posted after the loop has ended are destroyed unrun.
    void post(task t);

    // Runs what has been posted; tasks that these post are left for the next time.
    void run();

    // Readable while there is something to run.
    int descriptor() const noexcept { return descriptor_; }

private:
    friend class owed_wake_ups;

    void wake_for_posts() noexcept; // unless it has been woken, or there are none
    void wake() noexcept;

    int descriptor_;
    std::mutex mutex_;
    bool woken_ = false;        // under mutex_: since the last run
    std::vector<task> posted_;  // under mutex_
    std::vector<task> running_; // the loop's; kept for its memory
};

} // namespace cresset::net
