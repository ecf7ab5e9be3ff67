#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace cresset::hub {

// What may wait for slow clients in the whole process, all shards together. Any thread's.
class queue_budget
{
public:
    explicit queue_budget(std::size_t bytes_max) noexcept
        : bytes_max_(static_cast<std::ptrdiff_t>(bytes_max))
    {}

    void change(std::ptrdiff_t bytes) noexcept
    {
        bytes_.fetch_add(bytes, std::memory_order_relaxed);
    }

    bool spent() const noexcept { return bytes_.load(std::memory_order_relaxed) >= bytes_max_; }

private:
    const std::ptrdiff_t bytes_max_;
    std::atomic<std::ptrdiff_t> bytes_{0};
};

// One shard's part in it, told in lumps: the shards don't write to one cache line for each message.
class budget_share
{
public:
    explicit budget_share(queue_budget& whole) noexcept : whole_(whole) {}
    ~budget_share() { whole_.change(-told_); }
    budget_share(const budget_share&) = delete;
    budget_share& operator=(const budget_share&) = delete;

    void add(std::size_t bytes) noexcept { change(static_cast<std::ptrdiff_t>(bytes)); }
    void subtract(std::size_t bytes) noexcept { change(-static_cast<std::ptrdiff_t>(bytes)); }

    bool spent() const noexcept { return whole_.spent(); }

    // What waits in this shard, now.
    std::ptrdiff_t bytes() const noexcept { return bytes_; }

private:
    static constexpr std::ptrdiff_t lump = 64 * 1024;

    void change(std::ptrdiff_t bytes) noexcept
    {
        bytes_ += bytes;
        if (const std::ptrdiff_t untold = bytes_ - told_; untold >= lump || untold <= -lump) {
            whole_.change(untold);
            told_ = bytes_;
        }
    }

    queue_budget& whole_;
    std::ptrdiff_t bytes_ = 0;
    std::ptrdiff_t told_ = 0;
};

} // namespace cresset::hub
