#include "hub/lifeline.hpp"

#include "hub/shard.hpp"

#include <mutex>

namespace cresset::hub {

void lifeline::cut() noexcept
{
    const std::unique_lock lock(mutex_);
    home_ = nullptr;
}

void lifeline::expect_rooms(const std::vector<std::string>& rooms)
{
    const std::shared_lock lock(mutex_);
    if (home_)
        for (const std::string& room : rooms)
            home_->expect(room);
}

void lifeline::run(net::task t)
{
    // On the shard's own thread it is there for as long as this call; no lock is held meanwhile,
    // since what runs may come here again.
    if (post_unless_here(t))
        t();
}

void lifeline::post(net::task t)
{
    const std::shared_lock lock(mutex_);
    if (home_)
        home_->loop().post(std::move(t));
}

// True if t is left to be run here.
bool lifeline::post_unless_here(net::task& t)
{
    const std::shared_lock lock(mutex_);
    if (!home_)
        return false;
    if (home_->in_thread())
        return true;
    home_->loop().post(std::move(t));
    return false;
}

} // namespace cresset::hub
