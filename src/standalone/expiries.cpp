#include "standalone/expiries.hpp"

#include <algorithm>
#include <utility>

namespace cresset::standalone {
namespace {

constexpr std::chrono::hours look_interval{1};

} // namespace

expiries::expiries(std::function<void(const base::client_id&)> ended)
    : ended_(std::move(ended)), thread_([this] { run(); })
{}

expiries::~expiries()
{
    stop();
}

void expiries::stop()
{
    if (!thread_.joinable())
        return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void expiries::set(const base::client_id& client, instant at)
{
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        drop(client);
        const auto placed = moments_.emplace(at, client);
        by_client_[client] = placed;
        is_first = placed == moments_.begin();
    }
    if (is_first)
        changed_.notify_one();
}

void expiries::forget(const base::client_id& client)
{
    const std::lock_guard lock(mutex_);
    drop(client);
}

void expiries::drop(const base::client_id& client)
{
    const auto found = by_client_.find(client);
    if (found == by_client_.end())
        return;
    moments_.erase(found->second);
    by_client_.erase(found);
}

void expiries::run()
{
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (moments_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto [at, client] = *moments_.begin();
        // In milliseconds: in nanoseconds, time ends in 2262, and tokens may not.
        const auto now =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        if (now < at) {
            changed_.wait_until(lock, std::min(at, now + look_interval));
            continue;
        }
        drop(client);
        lock.unlock();
        ended_(client);
        lock.lock();
    }
}

} // namespace cresset::standalone
