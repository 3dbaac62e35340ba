//! Connections over real sockets: deadlines, floods, peers that vanish.
