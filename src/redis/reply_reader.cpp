#include "redis/reply_reader.hpp"

#include <cstdint>
#include <hiredis/read.h>
#include <new>
#include <utility>

namespace cresset::redis {
namespace {

constexpr std::size_t nowhere = SIZE_MAX;

// Memory of an exceptional reply is given back.
constexpr std::size_t kept_bytes_max = 1024 * 1024;

// Of a status or an error. Each byte of a line whose end hasn't come is looked at again with every
// piece.
constexpr std::size_t line_bytes_max = 64 * 1024;

// What stands around a text, at most: "$", the digits of a size, and two ends of a line.
constexpr std::size_t frame_bytes_max = 32;

template <typename Container>
void give_back(Container& what)
{
    if (what.capacity() * sizeof(what[0]) > kept_bytes_max)
        Container().swap(what); // assigning {} would keep it
    what.clear();
}

reply_kind kind_of(int type) noexcept
{
    switch (type) {
    case REDIS_REPLY_STRING:
        return reply_kind::string;
    case REDIS_REPLY_ARRAY:
        return reply_kind::array;
    case REDIS_REPLY_INTEGER:
        return reply_kind::integer;
    case REDIS_REPLY_STATUS:
        return reply_kind::status;
    case REDIS_REPLY_ERROR:
        return reply_kind::error;
    default:
        return reply_kind::nil;
    }
}

} // namespace

// hiredis builds a reply by these, and keeps what they return as the parent of what follows. That
// is a node's place plus one here, as a pointer that nobody follows. nullptr ends the reading.
struct reply_reader::builder
{
    static reply_reader& owner(const redisReadTask* task)
    {
        return *static_cast<reply_reader*>(task->privdata);
    }

    static void* handle_of(std::size_t place) noexcept
    {
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        return reinterpret_cast<void*>(place + 1);
    }

    static std::size_t place_of(const void* handle) noexcept
    {
        return reinterpret_cast<std::size_t>(handle) - 1;
    }

    // Where the task's value goes.
    static std::size_t place(const redisReadTask* task)
    {
        if (!task->parent)
            return 0;
        const node& parent = owner(task).nodes_[place_of(task->parent->obj)];
        return parent.begin + static_cast<std::size_t>(task->idx);
    }

    static bool refuse(reply_reader& o, std::size_t limit, const char* of_what)
    {
        o.error_ = "a reply of over " + std::to_string(limit) + of_what;
        return false;
    }

    template <typename Fill>
    static void* put(const redisReadTask* task, Fill fill) noexcept
    {
        try {
            const std::size_t at = place(task);
            owner(task).nodes_[at] = node{.kind = kind_of(task->type)};
            return fill(owner(task), at) ? handle_of(at) : nullptr;
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    static void* string(const redisReadTask* task, char* text, std::size_t size)
    {
        return put(task, [&](reply_reader& o, std::size_t at) {
            if (task->type != REDIS_REPLY_STRING && size > line_bytes_max)
                return refuse(o, line_bytes_max, " bytes in a line");
            if (size > o.reply_bytes_max_ - o.texts_.size())
                return refuse(o, o.reply_bytes_max_, " bytes");
            o.nodes_[at].begin = o.texts_.size();
            o.nodes_[at].size = size;
            o.texts_.append(text, size);
            return true;
        });
    }

    // An int in hiredis 0.14, a size_t in 1.
    template <typename Count>
    static void* array(const redisReadTask* task, Count elements)
    {
        return put(task, [&](reply_reader& o, std::size_t at) {
            const auto count = static_cast<std::size_t>(elements);
            const std::size_t first = o.nodes_.size();
            if (count > o.elements_max_ + 1 - first)
                return refuse(o, o.elements_max_, " elements");
            o.nodes_[at].begin = first;
            o.nodes_[at].integer = static_cast<std::int64_t>(count);
            o.nodes_.resize(first + count);
            return true;
        });
    }

    static void* integer(const redisReadTask* task, long long value)
    {
        return put(task, [&](reply_reader& o, std::size_t at) {
            o.nodes_[at].integer = value;
            return true;
        });
    }

    static void* nil(const redisReadTask* task)
    {
        return put(task, [](reply_reader& o, std::size_t at) {
            o.nodes_[at].kind = reply_kind::nil; // the task says of what: "$-1", "*-1"
            return true;
        });
    }

    static void free(void*) {}

    // hiredis wants it changeable, and changes nothing.
    static redisReplyObjectFunctions* functions()
    {
        static redisReplyObjectFunctions all = [] {
            redisReplyObjectFunctions f{};
            f.createString = string;
            f.createArray = array;
            f.createInteger = integer;
            f.createNil = nil;
            f.freeObject = free;
            return f;
        }();
        return &all;
    }
};

reply_kind reply::kind() const noexcept
{
    return at_ == nowhere ? reply_kind::nil : from_->nodes_[at_].kind;
}

std::string_view reply::text() const noexcept
{
    if (at_ == nowhere)
        return {};
    const auto& n = from_->nodes_[at_];
    return std::string_view(from_->texts_).substr(n.size == 0 ? 0 : n.begin, n.size);
}

std::int64_t reply::integer() const noexcept
{
    return kind() == reply_kind::integer ? from_->nodes_[at_].integer : 0;
}

std::size_t reply::size() const noexcept
{
    return kind() == reply_kind::array ? static_cast<std::size_t>(from_->nodes_[at_].integer) : 0;
}

reply reply::operator[](std::size_t i) const noexcept
{
    return {*from_, i < size() ? from_->nodes_[at_].begin + i : nowhere};
}

reply_reader::reply_reader(std::size_t reply_bytes_max)
    : reply_bytes_max_(reply_bytes_max),
      elements_max_(reply_bytes_max / bytes_an_element),
      reader_(redisReaderCreateWithFunctions(builder::functions()), redisReaderFree),
      nodes_(1)
{
    if (!reader_)
        throw std::bad_alloc();
    reader_->privdata = this;
}

reply_reader::~reply_reader() = default;

bool reply_reader::feed(std::string_view bytes)
{
    if (!failed() && redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
        error_ = reader_->errstr;
    return !failed();
}

bool reply_reader::next()
{
    if (std::exchange(whole_, false))
        forget();
    void* whole = nullptr;
    if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK && !failed())
        error_ = reader_->errstr[0] != '\0' ? reader_->errstr : "no reply of Redis";
    whole_ = !failed() && whole != nullptr;
    return whole_;
}

void reply_reader::forget()
{
    give_back(texts_);
    give_back(nodes_);
    nodes_.resize(1);
}

// What waits for its end, which the builder hasn't seen. What it would refuse is refused here too,
// so that the cuts make no difference.
bool reply_reader::within_bounds()
{
    const std::string_view rest(reader_->buf + reader_->pos, reader_->len - reader_->pos);
    if (texts_.size() + rest.size() > reply_bytes_max_ + frame_bytes_max)
        error_ = "a reply of over " + std::to_string(reply_bytes_max_) + " bytes";
    else if (rest.size() > line_bytes_max + frame_bytes_max &&
             rest.substr(0, line_bytes_max + frame_bytes_max).find("\r\n") ==
                 std::string_view::npos)
        error_ = "a reply of over " + std::to_string(line_bytes_max) + " bytes in a line";
    return !failed();
}

} // namespace cresset::redis
