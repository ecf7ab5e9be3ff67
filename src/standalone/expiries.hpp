#pragma once

#include "base/client_id.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace cresset::standalone {

// Clients whose time ends at a moment of the wall clock, by a thread of its own. All calls from any
// thread.
class expiries
{
public:
    using instant = std::chrono::sys_time<std::chrono::milliseconds>;

    // `ended` is called on the thread, for each client once its moment has come.
    explicit expiries(std::function<void(const base::client_id&)> ended);
    ~expiries();
    expiries(const expiries&) = delete;
    expiries& operator=(const expiries&) = delete;

    // Calls `ended` no more. Once, or not at all.
    void stop();

    // In place of a moment that the client had before.
    void set(const base::client_id& client, instant at);

    // It has gone; nothing if it had none.
    void forget(const base::client_id& client);

private:
    using moments = std::multimap<instant, base::client_id>;

    void run();
    void drop(const base::client_id& client);

    std::function<void(const base::client_id&)> ended_;
    std::mutex mutex_; // of these:
    moments moments_;
    boost::unordered_flat_map<base::client_id, moments::iterator, base::client_id_hash> by_client_;
    bool stopping_ = false;
    std::condition_variable changed_;

    std::thread thread_;
};

} // namespace cresset::standalone
