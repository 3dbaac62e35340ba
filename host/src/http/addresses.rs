//! How many subscribers each address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Bits of an IPv6 address that tell one customer from another: the rest is theirs to choose.
const NETWORK_BITS: u32 = 64;

/// How many subscribers each address has, of one tenant on all shards. Only those are in it that were
/// counted against a limit, so that it is no larger than there are connections.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Mutex<HashMap<IpAddr, usize>>);

/// Whose subscriber a stream would be, and how many that one may have.
#[derive(Clone, Debug)]
pub(crate) struct AddressQuota {
    /// Who is counted.
    pub(crate) addresses: Arc<Addresses>,
    /// The client.
    pub(crate) address: IpAddr,
    /// 0: no limit, and nobody is counted.
    pub(crate) max: usize,
}

/// One subscriber of an address; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct AddressSeat {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

/// The address has as many subscribers as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressFull {
    /// The limit.
    pub(crate) max: usize,
}

impl AddressQuota {
    /// One more subscriber of the address; no seat where nobody is counted.
    ///
    /// # Errors
    /// Where it has as many as it may.
    pub(crate) fn take(&self) -> Result<Option<AddressSeat>, AddressFull> {
        if self.max == 0 {
            return Ok(None);
        }
        let (addresses, address) = (Arc::clone(&self.addresses), network(self.address));
        let mut taken = self
            .addresses
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count >= self.max {
            return Err(AddressFull { max: self.max });
        }
        *count += 1;
        Ok(Some(AddressSeat { addresses, address }))
    }
}

impl Drop for AddressSeat {
    fn drop(&mut self) {
        let mut taken = self
            .addresses
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

/// What counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let mask = u128::MAX << (128 - NETWORK_BITS);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{AddressQuota, Addresses};

    fn quota(addresses: &Arc<Addresses>, address: &str, max: usize) -> AddressQuota {
        AddressQuota {
            addresses: Arc::clone(addresses),
            address: address.parse().unwrap(),
            max,
        }
    }

    #[test]
    fn without_a_limit_nobody_is_counted() {
        let addresses = Arc::<Addresses>::default();
        assert!(quota(&addresses, "192.0.2.1", 0).take().unwrap().is_none());
        assert!(addresses.0.lock().unwrap().is_empty());
    }

    #[test]
    fn an_address_has_so_many_seats_and_gets_them_back() {
        let addresses = Arc::<Addresses>::default();
        let take = |address| quota(&addresses, address, 2).take().map(Option::unwrap);
        let first = take("192.0.2.1").unwrap();
        let second = take("::ffff:192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_err());
        assert!(take("192.0.2.2").is_ok(), "another address");
        drop(first);
        let third = take("192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_err());
        drop((second, third));
        assert!(
            addresses.0.lock().unwrap().is_empty(),
            "nothing is kept of who has gone"
        );
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_are_one() {
        let addresses = Arc::<Addresses>::default();
        let take = |address| quota(&addresses, address, 1).take().map(Option::unwrap);
        let _first = take("2001:db8::1").unwrap();
        assert!(take("2001:db8::ffff:1").is_err());
        assert!(take("2001:db8:0:1::1").is_ok());
    }
}
