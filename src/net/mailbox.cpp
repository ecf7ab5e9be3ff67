#include "net/mailbox.hpp"

#include "base/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace cresset::net {
namespace {

thread_local owed_wake_ups* owed_by_this_thread = nullptr;

} // namespace

owed_wake_ups::owed_wake_ups() noexcept
{
    owed_by_this_thread = this;
}

owed_wake_ups::~owed_wake_ups()
{
    pay();
    owed_by_this_thread = nullptr;
}

void owed_wake_ups::pay() noexcept
{
    for (mailbox* each : to_)
        each->wake_for_posts();
    to_.clear();
}

void owed_wake_ups::owe(mailbox& to)
{
    if (std::find(to_.begin(), to_.end(), &to) == to_.end())
        to_.push_back(&to);
}

mailbox::mailbox() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{
    if (descriptor_ < 0)
        base::throw_errno("eventfd");
}

mailbox::~mailbox()
{
    // A task may post as it is destroyed, so not all of them can wait for the members' end.
    while (!posted_.empty()) {
        std::vector<task> unrun;
        unrun.swap(posted_);
    }
    ::close(descriptor_);
}

void mailbox::post(task t)
{
    owed_wake_ups* const owed = owed_by_this_thread;
    bool wakes = false;
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(t));
        if (woken_)
            return;
        if (!owed)
            wakes = woken_ = true;
    }
    if (wakes)
        wake();
    else
        owed->owe(*this);
}

void mailbox::wake_for_posts() noexcept
{
    {
        const std::lock_guard lock(mutex_);
        if (woken_ || posted_.empty()) // somebody else woke it, and it may have run them all
            return;
        woken_ = true;
    }
    wake();
}

void mailbox::wake() noexcept
{
    // Can't fail but for a counter at its limit, which is readable too.
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
}

void mailbox::run()
{
    std::uint64_t count;
    [[maybe_unused]] const ssize_t got = ::read(descriptor_, &count, sizeof count);
    {
        const std::lock_guard lock(mutex_);
        running_.swap(posted_);
        woken_ = false;
    }
    for (task& t : running_)
        t();
    running_.clear();
}

} // namespace cresset::net
