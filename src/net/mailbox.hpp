#pragma once

#include "base/unique_function.hpp"

#include <mutex>
#include <vector>

namespace cresset::net {

using task = base::unique_function<void()>;

// What other threads hand to a loop's thread: functions, in the order in which each thread posted
// them. Posting wakes the loop once a batch: only the first task of a batch writes to the eventfd.
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
    int descriptor_;
    std::mutex mutex_;
    std::vector<task> posted_;  // under mutex_
    std::vector<task> running_; // the loop's; kept for its memory
};

} // namespace cresset::net
