#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

namespace cresset::tests {

// The other side of permessage-deflate (RFC 7692, section 7.2), by zlib with a window of its own.
// It keeps its context, unless it is reset.
class deflate_peer
{
public:
    explicit deflate_peer(int window_bits = 15, int level = 6)
    {
        deflateInit2(&out_, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY);
        inflateInit2(&in_, -window_bits);
    }
    deflate_peer(const deflate_peer&) = delete;
    deflate_peer& operator=(const deflate_peer&) = delete;
    ~deflate_peer()
    {
        deflateEnd(&out_);
        inflateEnd(&in_);
    }

    void reset()
    {
        deflateReset(&out_);
        inflateReset(&in_);
    }

    std::string deflate(std::string_view message)
    {
        std::string made(deflateBound(&out_, static_cast<uLong>(message.size())) + 16, '\0');
        out_.next_in = bytes(message);
        out_.avail_in = static_cast<uInt>(message.size());
        out_.next_out = bytes(made);
        out_.avail_out = static_cast<uInt>(made.size());
        ::deflate(&out_, Z_SYNC_FLUSH);
        made.resize(made.size() - out_.avail_out);
        if (message.empty()) // zlib flushes nothing twice
            return std::string(1, '\0');
        made.resize(made.size() - 4);
        return made;
    }

    // "corrupt" for what can't be inflated.
    std::string inflate(std::string_view deflated)
    {
        const std::string input = std::string(deflated) + std::string("\0\0\xff\xff", 4);
        std::string made;
        in_.next_in = bytes(input);
        in_.avail_in = static_cast<uInt>(input.size());
        for (;;) {
            char piece[4096];
            in_.next_out = bytes(std::string_view(piece, sizeof piece));
            in_.avail_out = sizeof piece;
            const int status = ::inflate(&in_, Z_SYNC_FLUSH);
            made.append(piece, sizeof piece - in_.avail_out);
            if (status == Z_STREAM_END) // as Chromium does
                inflateReset(&in_);
            else if (status != Z_OK && status != Z_BUF_ERROR)
                return "corrupt";
            if (in_.avail_in == 0 && in_.avail_out > 0)
                return made;
        }
    }

private:
    static Bytef* bytes(std::string_view text)
    {
        return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    }

    z_stream out_{};
    z_stream in_{};
};

} // namespace cresset::tests
