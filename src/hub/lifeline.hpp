#pragma once

#include "base/slab.hpp"
#include "net/mailbox.hpp"

#include <concepts>
#include <memory>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

namespace cresset::hub {

class session;
class shard;

// The way back to a shard for what may come after its end: late answers of the application. From
// any thread.
class lifeline
{
public:
    explicit lifeline(shard& home) noexcept : home_(&home) {}

    // The shard is gone: from here on nothing is run.
    void cut() noexcept;

    // Tells the directory of rooms that the shard is about to have a member of, so that what this
    // thread sends to them next is posted behind the joining.
    void expect_rooms(const std::vector<std::string>& rooms);

    // Runs t on the shard's thread: at once if this is it, else in a coming turn.
    void run(net::task t);

    // The same, but never at once.
    void post(net::task t);

private:
    bool post_unless_here(net::task& t);

    std::shared_mutex mutex_;
    shard* home_; // under mutex_
};

// Names a session from anywhere: a value that may outlive the session, and its shard.
struct session_address
{
    std::shared_ptr<lifeline> line;
    shard* home; // valid where line runs something
    base::slab<session>::handle handle;
};

} // namespace cresset::hub
