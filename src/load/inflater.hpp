#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::load {

// Inflates messages of permessage-deflate without context takeover (RFC 7692, section 7.2.2), one
// after the other, whoever they are for. One thread's.
class inflater
{
public:
    inflater();
    ~inflater();
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;

    // Valid until the next call; nothing for what can't be inflated, or is larger than any message
    // here.
    std::optional<std::string_view> inflate(std::string_view compressed);

private:
    struct stream;

    std::unique_ptr<stream> stream_;
    std::string input_;
    std::string output_;
};

} // namespace cresset::load
