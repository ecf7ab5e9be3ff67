#pragma once

#include "redis/url.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace cresset::redis {

// Tells links which server to try next.
class server_finder
{
public:
    virtual ~server_finder() = default;

    // None: not known yet, ask again later.
    virtual std::optional<address> next() = 0;
};

// The addresses of a list, in turn.
class fixed_servers final : public server_finder
{
public:
    explicit fixed_servers(std::vector<address> all) : all_(std::move(all)) {}

    std::optional<address> next() override { return all_[turn_++ % all_.size()]; }

private:
    std::vector<address> all_;
    std::size_t turn_ = 0;
};

} // namespace cresset::redis
