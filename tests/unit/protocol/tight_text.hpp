#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

namespace cresset::protocol {

// A copy of a text on the heap with `after` right behind it and nothing more, so that asan sees
// every read beyond.
class tight_text
{
public:
    explicit tight_text(std::string_view text, std::string_view after = {})
        : size_(text.size()), bytes_(new char[text.size() + after.size()])
    {
        std::copy(after.begin(), after.end(), std::copy(text.begin(), text.end(), bytes_.get()));
    }

    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<char[]> bytes_;
};

} // namespace cresset::protocol
