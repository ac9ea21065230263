//! The strategy Recreate: all old pods go before the first new one comes.

use kubernetes_api::object;
use kubernetes_api::status::Status;

use super::{Controller, Round, pods, replicas};
use crate::controller::is_controlled_by;

impl Controller {
    pub(super) async fn recreate(&self, round: &mut Round) -> Result<(), Status> {
        round.split();
        let deployment = round.deployment.clone();
        let mut shrunk = false;
        for set in round.old.iter_mut().filter(|set| replicas(set) > 0) {
            shrunk |= self.scale_set(&deployment, set, 0);
        }
        if shrunk {
            self.pause().await;
            return self.write_progress(round);
        }
        if self.old_pods_remain(round) {
            return self.write_progress(round);
        }
        self.ensure_new(round)?;
        let wanted = round.replicas();
        if let Some(new) = &mut round.new {
            self.scale_set(&deployment, new, wanted);
        }
        self.clean_up(round);
        self.write_progress(round)
    }

    fn old_pods_remain(&self, round: &Round) -> bool {
        let namespace = object::namespace(&round.deployment);
        let pods = self.api.store().list("pods", Some(namespace));
        round.old.iter().any(|set| {
            pods.iter()
                .any(|pod| is_controlled_by(pod, object::uid(set)) && !pods::is_over(pod))
        })
    }
}
