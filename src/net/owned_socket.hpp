#pragma once

#include <unistd.h>
#include <utility>

namespace cresset::net {

// A socket that is closed unless released.
class owned_socket
{
public:
    explicit owned_socket(int descriptor = -1) noexcept : descriptor_(descriptor) {}
    owned_socket(owned_socket&& other) noexcept : descriptor_(other.release()) {}
    owned_socket& operator=(owned_socket&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~owned_socket()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }

    int get() const noexcept { return descriptor_; }
    int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

} // namespace cresset::net
