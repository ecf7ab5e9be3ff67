#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace cresset::redis {

class reply_reader;

enum class reply_kind : std::uint8_t
{
    nil,
    string,
    status, // +OK
    error,  // -ERR ...
    integer,
    array
};

// One reply, or an element of one: a view into the reader, valid until it reads on.
class reply
{
public:
    reply_kind kind() const noexcept;
    std::string_view text() const noexcept;         // of a string, status or error; else empty
    std::int64_t integer() const noexcept;          // of an integer; else 0
    std::size_t size() const noexcept;              // of an array; else 0
    reply operator[](std::size_t i) const noexcept; // nil behind the end

    bool is_error() const noexcept { return kind() == reply_kind::error; }

private:
    friend class reply_reader;

    reply(const reply_reader& from, std::size_t at) noexcept : from_(&from), at_(at) {}

    const reply_reader* from_;
    std::size_t at_; // among the reader's nodes; none behind the end of an array
};

// Bytes of Redis to replies, by hiredis' reader, with bounds to what it would keep. Cut the bytes
// anywhere. One thread's.
class reply_reader
{
public:
    // A reply with more bytes of text, or more than one element for every 64 of them, is an error.
    explicit reply_reader(std::size_t reply_bytes_max = 64 * 1024 * 1024);
    ~reply_reader();
    reply_reader(const reply_reader&) = delete;
    reply_reader& operator=(const reply_reader&) = delete;

    // Calls `f` with each reply that is whole, until it answers false. False if the bytes are none
    // of Redis, or too many: then the reader is of no more use, and error() tells why.
    template <typename Function>
    bool read(std::string_view bytes, Function f)
    {
        // The reader moves its rest down every now and then, so it is fed in moderate pieces.
        while (!bytes.empty()) {
            const std::string_view piece = bytes.substr(0, piece_bytes);
            bytes.remove_prefix(piece.size());
            if (!feed(piece))
                return false;
            while (next())
                if (!f(reply(*this, 0)))
                    return true;
            if (failed() || !within_bounds())
                return false;
        }
        return true;
    }

    const std::string& error() const noexcept { return error_; }

private:
    friend class reply;

    static constexpr std::size_t piece_bytes = 8 * 1024;
    static constexpr std::size_t bytes_an_element = 64;

    struct node
    {
        reply_kind kind = reply_kind::nil;
        std::int64_t integer = 0; // of an array: its size
        std::size_t begin = 0;    // of texts: where it is in texts_; of arrays: the first element
        std::size_t size = 0;     // of texts
    };
    struct builder; // what hiredis calls

    bool feed(std::string_view bytes);
    bool next();
    void forget();
    bool within_bounds();
    bool failed() const noexcept { return !error_.empty(); }

    const std::size_t reply_bytes_max_;
    const std::size_t elements_max_;
    std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
    std::vector<node> nodes_; // the first one is the reply
    std::string texts_;
    bool whole_ = false; // nodes_ and texts_ hold a reply that has been given out
    std::string error_;
};

} // namespace cresset::redis
