#pragma once

#include "base/unique_function.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace cresset::tests {

// Gives answers from two threads of its own, in another order than that of the questions. What is
// left at its end is still given then.
class late_answers
{
public:
    late_answers() : threads_(2)
    {
        for (std::thread& t : threads_)
            t = std::thread([this] { run(); });
    }
    late_answers(const late_answers&) = delete;
    late_answers& operator=(const late_answers&) = delete;
    ~late_answers()
    {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        changed_.notify_all();
        for (std::thread& t : threads_)
            t.join();
    }

    void add(base::unique_function<void()> answer)
    {
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(std::move(answer));
        }
        changed_.notify_one();
    }

private:
    void run()
    {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
            if (waiting_.empty())
                return;
            give(lock);
        }
    }

    void give(std::unique_lock<std::mutex>& lock)
    {
        std::swap(waiting_[++given_ * 7919 % waiting_.size()], waiting_.back());
        {
            base::unique_function<void()> answer = std::move(waiting_.back());
            waiting_.pop_back();
            lock.unlock();
            answer();
        }
        lock.lock();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<base::unique_function<void()>> waiting_;
    std::size_t given_ = 0;
    bool over_ = false;
    std::vector<std::thread> threads_;
};

} // namespace cresset::tests
