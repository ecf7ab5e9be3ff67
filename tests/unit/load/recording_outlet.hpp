#pragma once

#include "load/outlet.hpp"

#include <vector>

namespace cresset::load {

// Keeps what is published. `into` outlives it.
class recording_outlet final : public outlet
{
public:
    explicit recording_outlet(std::vector<stamp>& into) : into_(into) {}
    void publish(const message_codec&, const stamp& s) override { into_.push_back(s); }

private:
    std::vector<stamp>& into_;
};

} // namespace cresset::load
