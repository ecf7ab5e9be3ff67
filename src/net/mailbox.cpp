#include "net/mailbox.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
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
        each->wake();
    to_.clear();
}

mailbox::mailbox() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{
    if (descriptor_ < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");
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
    bool first;
    {
        const std::lock_guard lock(mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(t));
    }
    if (!first)
        return;
    if (owed_by_this_thread)
        owed_by_this_thread->to_.push_back(this);
    else
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
    }
    for (task& t : running_)
        t();
    running_.clear();
}

} // namespace cresset::net
