#pragma once

#include <openssl/crypto.h>

#include <array>
#include <cstddef>

namespace cresset::crypto {

// Bytes of a key: wiped when they are no longer needed, and never copied by accident.
template <std::size_t Size>
class secret
{
public:
    secret() noexcept = default;
    explicit secret(const std::array<unsigned char, Size>& bytes) noexcept : bytes_(bytes) {}
    secret(secret&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
    secret& operator=(secret&& other) noexcept
    {
        if (this != &other) {
            bytes_ = other.bytes_;
            other.wipe();
        }
        return *this;
    }
    ~secret() { wipe(); }

    unsigned char* data() noexcept { return bytes_.data(); }
    const unsigned char* data() const noexcept { return bytes_.data(); }
    constexpr std::size_t size() const noexcept { return Size; }

    secret copy() const noexcept { return secret(bytes_); }

private:
    void wipe() noexcept { OPENSSL_cleanse(bytes_.data(), Size); }

    std::array<unsigned char, Size> bytes_{};
};

} // namespace cresset::crypto
