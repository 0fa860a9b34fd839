"""Whether sessions of one version of a flow can go on in another one, told beforehand."""
