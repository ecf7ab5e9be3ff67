#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace cresset::redis {

// How long to wait before the next try: twice as long each time up to a quarter of a second, and of
// that a random part, so that the nodes of a fleet don't all come at once. Never more: Redis being
// back has to be noticed soon, and a refused connection costs it next to nothing.
class backoff
{
public:
    static constexpr std::chrono::milliseconds least{8};
    static constexpr std::chrono::milliseconds most{250};

    std::chrono::milliseconds next()
    {
        std::uniform_int_distribution<std::chrono::milliseconds::rep> part(bound_.count() / 2,
                                                                           bound_.count());
        bound_ = std::min(bound_ * 2, most);
        return std::chrono::milliseconds(part(random_));
    }

    void reset() noexcept { bound_ = least; }

private:
    std::chrono::milliseconds bound_ = least;
    std::minstd_rand random_{std::random_device{}()};
};

} // namespace cresset::redis
