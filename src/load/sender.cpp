#include "load/sender.hpp"

#include <limits>

namespace cresset::load {

void sender::begin(const pace& p)
{
    sent.set(0);
    expected.set(0);
    turn_ = 0;
    const bool open_loop = p.window == 0;
    unfinished_ = flows_.empty() ? 0 : open_loop ? p.count : flows_.size();
    sending.set(unfinished_ > 0 ? 1 : 0);
    for (const auto& f : flows_) {
        const std::uint64_t share = p.per_flow + (f->number() < p.one_more ? 1 : 0);
        f->begin(p.purpose, p.window,
                 open_loop ? std::numeric_limits<std::uint64_t>::max() : share);
    }
    if (open_loop && unfinished_ > 0)
        pacer_.start(p.first_ns, p.interval_ns, p.count);
    if (!open_loop)
        for (const auto& f : flows_)
            fill(*f);
}

void sender::stop()
{
    pacer_.stop();
    for (const auto& f : flows_)
        f->stop();
    unfinished_ = 0;
    sending.set(0);
}

void sender::on_due(std::uint64_t intended_ns)
{
    send(*flows_[turn_], intended_ns);
    turn_ = turn_ + 1 == flows_.size() ? 0 : turn_ + 1;
    if (--unfinished_ == 0)
        sending.set(0);
}

void sender::send(flow& f, std::uint64_t intended_ns)
{
    f.send(intended_ns);
    sent.add(1);
    expected.add(f.members());
}

void sender::fill(flow& f)
{
    if (f.done() && unfinished_ == 0)
        return;
    while (f.may_send())
        send(f, now_ns());
    if (f.done() && unfinished_ > 0 && --unfinished_ == 0)
        sending.set(0);
}

void sender::on_audience_done(flow& f, std::uint32_t sequence)
{
    const bool was_done = f.done();
    f.on_audience_done(sequence);
    if (!was_done)
        fill(f);
}

} // namespace cresset::load
