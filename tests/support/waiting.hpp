#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace cresset::tests {

// How long a test waits for what must happen: only a failing one takes this long.
inline constexpr std::chrono::seconds time_limit{20};

// Something that happens once, on another thread.
class event
{
public:
    void set()
    {
        const std::lock_guard lock(mutex_);
        happened_ = true;
        changed_.notify_all();
    }

    // False if it didn't happen within the time limit.
    [[nodiscard]] bool wait()
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time_limit, [this] { return happened_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool happened_ = false;
};

// What other threads tell a test, in the order in which they told it.
template <typename T>
class collected
{
public:
    void add(T value)
    {
        const std::lock_guard lock(mutex_);
        values_.push_back(std::move(value));
        changed_.notify_all();
    }

    // Waits until there are at least `count`, or for the time limit; returns all there are.
    std::vector<T> wait_for(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, time_limit, [&] { return values_.size() >= count; });
        return values_;
    }

    std::vector<T> now() { return wait_for(0); }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<T> values_;
};

} // namespace cresset::tests
