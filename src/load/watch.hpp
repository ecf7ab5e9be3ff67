#pragma once

#include <chrono>
#include <string_view>

namespace cresset::load {

// Who started a run, and may want to end it early.
class watch
{
public:
    // Waits for so long, or less if the run is to stop: then true, and from then on at once.
    virtual bool stop_asked_within(std::chrono::milliseconds wait) = 0;

    // How far it is: a line that takes the place of the last one.
    virtual void progress(std::string_view line) = 0;

protected:
    ~watch() = default;
};

} // namespace cresset::load
